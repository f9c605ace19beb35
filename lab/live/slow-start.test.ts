/** A start on a machine that is too busy to answer in time; in virtual time. */
import { describe, expect, it } from 'vitest';
import { sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import type { LiveEvent } from './protocol.ts';
import { startLiveLab } from './start-live-lab.ts';
import { withVirtualLab } from './testing/virtual-lab.ts';

describe('a start whose origin is late', () => {
  it('goes on when the origin answers again', async () => {
    await withVirtualLab(
      async (bench) => {
        await sleep(bench.clock, 5_000);
        expect(bench.events.filter(({ type }) => type === 'lost')).toEqual([]);
        expect(bench.verdicts()).toContain('clear');
      },
      {
        before: async ({ control }, clock) => {
          await control.pause('origin');
          void sleep(clock, 27_000).then(() => control.resume('origin'));
        },
      },
    );
  });

  it('ends with the reason and a remedy when it never does', async () => {
    const start = withVirtualLab(async () => {}, { before: ({ control }) => control.pause('origin') });
    await expect(start).rejects.toThrow(/no answer within 5000 ms, 12 times in a row\. The machine may be too busy/);
  });

  it('ends at once when nobody is there', async () => {
    let sinceMs = () => Number.NaN;
    const start = withVirtualLab(async () => {}, {
      before: async ({ control }, clock) => {
        await control.kill('origin');
        const begunMs = clock.monotonicMs();
        sinceMs = () => clock.monotonicMs() - begunMs;
      },
    });
    await expect(start).rejects.toThrow('api/content');
    expect(sinceMs()).toBeLessThan(5_000);
  });

  it('is no loss when it is left meanwhile', async () => {
    const events: LiveEvent[] = [];
    const clock = new VirtualClock();
    const lab = startLiveLab({
      startWorld: (_onStep, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })),
      catalogue: { files: new Map(), version: '0', topology: () => Promise.reject(new Error('nobody asks')) },
      clock,
      random: createRandom(1),
      onEvent: (event) => events.push(event),
    });
    expect(await lab.close()).toEqual([]);
    expect(events).toEqual([]);
  });
});
