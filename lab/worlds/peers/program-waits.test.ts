/** Busy programs on the processor of this test: those who wait for it are seen to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { waitedOfProgramMs } from './program-waits.ts';

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

describe.runIf(process.platform === 'linux')('how long a program waited for a processor', () => {
  it('counts what the children of its children waited', async () => {
    // Three that are busy on one processor, none of them the first process.
    const busy = 'while :; do :; done';
    const pid = start(`taskset -c 0 sh -c '(${busy}) & (${busy}) & (${busy}) & wait'; :`);
    await vi.waitUntil(() => (waitedOfProgramMs(pid) ?? 0) > 500, { timeout: 30_000 });
  });

  it('counts nothing of one that sleeps', async () => {
    const pid = start('sleep 60; :');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(waitedOfProgramMs(pid)).toBeLessThan(500);
  });

  it('knows nothing of a process that is not there', () => {
    expect(waitedOfProgramMs(2 ** 30)).toBeUndefined();
  });
});
