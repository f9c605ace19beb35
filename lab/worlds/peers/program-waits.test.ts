/**
 * Busy programs on one processor: those who wait for it are seen to, and those who were told to let others pass are
 * not.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../services/runtime/clock.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { ProgramWaits } from './program-waits.ts';

const programs: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of programs.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
});

/** In a group of its own. */
function start(script: string): number {
  const program = spawn('/bin/sh', ['-c', script], { detached: true, stdio: 'ignore' });
  programs.push(program);
  return program.pid ?? 0;
}

const BUSY = 'while :; do :; done';
/** None of them the first process. */
const busyOn0 = (count: number, how = '') => `taskset -c 0 ${how} sh -c '${`(${BUSY}) & `.repeat(count)} wait'; :`;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How much it waited in a time, as a share of that. */
async function shareOf(pid: number, ms: number): Promise<number> {
  const waits = new ProgramWaits(systemClock);
  const [before = 0, beganMs] = [waits.look(pid), performance.now()];
  for (let passedMs = 0; passedMs < ms; passedMs = performance.now() - beganMs) {
    await pause(200);
    waits.look(pid);
  }
  return ((waits.look(pid) ?? 0) - before) / (performance.now() - beganMs);
}

describe.runIf(process.platform === 'linux')('how long a program waited for a processor', () => {
  it('counts what the children of its children waited', async () => {
    const pid = start(busyOn0(3));
    const waits = new ProgramWaits(systemClock);
    await vi.waitUntil(() => (waits.look(pid) ?? 0) > 500, { timeout: 30_000 });
  });

  it('counts the longest wait, not all of them together', async () => {
    const pid = start(busyOn0(6));
    await pause(500);
    expect(await shareOf(pid, 2_000)).toBeLessThan(1.2);
  });

  it.each(['nice -n 19', 'chrt --batch 0', 'chrt --idle 0'])(
    'counts nothing of threads that were told to let others pass: %s',
    async (how) => {
      const pid = start(busyOn0(4, how));
      await pause(500);
      expect(await shareOf(pid, 2_000)).toBeLessThan(0.2);
    },
  );

  it('is looked at twice a second and no more, for each look costs', async () => {
    const pid = start(busyOn0(4));
    const clock = new VirtualClock();
    const waits = new ProgramWaits(clock);
    const first = waits.look(pid) ?? 0;
    await pause(1_000);
    await clock.advance(499);
    expect(waits.look(pid)).toBe(first);
    await clock.advance(1);
    expect(waits.look(pid)).toBeGreaterThan(first);
  });

  it('counts nothing of one that sleeps', async () => {
    const pid = start('sleep 60; :');
    const waits = new ProgramWaits(systemClock);
    waits.look(pid);
    await pause(1_000);
    expect(waits.look(pid)).toBeLessThan(500);
  });

  it('knows nothing of a process that is not there', () => {
    expect(new ProgramWaits(systemClock).look(2 ** 30)).toBeUndefined();
  });
});
