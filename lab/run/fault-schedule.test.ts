/**
 * The faults of a run in virtual time, on a world whose acts are slow or fail: what becomes of them, and of those still
 * to come.
 */
import { describe, expect, it } from 'vitest';
import { sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { InvalidInput, WorldFailed } from '../errors.ts';
import type { FaultChange } from '../faults/active-faults.ts';
import type { PlannedFault } from '../faults/drawn-schedule.ts';
import { type BenchOptions, type FaultBench, withFaults } from '../faults/testing/active-faults.ts';
import { History } from '../history/history.ts';
import { Recording } from '../session/recording.ts';
import { Session } from '../session/session.ts';
import type { WorldControl } from '../worlds/world.ts';
import { planFaults, runSchedule } from './fault-schedule.ts';

const LONG_MS = 60_000;

interface ScheduleBench extends Pick<FaultBench, 'clock' | 'broken'> {
  readonly schedule: {
    readonly run: (method: readonly PlannedFault[], signal: AbortSignal) => Promise<void>;
    readonly healAll: () => Promise<readonly string[]>;
  };
  readonly history: History;
  readonly changes: readonly FaultChange[];
}

function withSchedule(run: (bench: ScheduleBench) => Promise<void>, options: BenchOptions = {}): Promise<void> {
  return withFaults(async ({ clock, world, broken }) => {
    const history = new History();
    const changes: FaultChange[] = [];
    const session = new Session({ world, clock, random: createRandom(1), startedAt: 0 });
    const recording = new Recording({ session, sink: history, startedAt: 0, onFault: (change) => changes.push(change) });
    const schedule = {
      run: async (method: readonly PlannedFault[], signal: AbortSignal) =>
        runSchedule(planFaults(method, { session, seed: 1 }), { session, signal }),
      healAll: () => session.healForGood(),
    };
    await run({ clock, broken, schedule, history, changes });
    recording.close();
    await session.close();
  }, options);
}

const planned = (atMs: number, fault: string, target: string, forMs?: number): PlannedFault => ({
  atMs,
  fault,
  target,
  forMs,
  parameters: {},
});
const never = new AbortController().signal;
const told = (changes: readonly FaultChange[]) =>
  changes.flatMap(({ event, spec }) => (event === 'injected' || event === 'healed' ? [`${event} ${spec.target.text}`] : []));

describe('a schedule of faults', () => {
  it('of which one fails ends all of them: none is injected after everything was healed', async () => {
    const method = [
      planned(0, 'partition', 'origin<->kafka'),
      planned(20, 'partition', 'edge:us-east<->kafka'),
      planned(300, 'partition', 'edge:eu-west<->kafka'),
    ];
    await withSchedule(
      async ({ clock, schedule, changes, broken }) => {
        await expect(schedule.run(method, never)).rejects.toThrow('refused');
        expect(await schedule.healAll()).toEqual([]);
        const before = told(changes);
        await sleep(clock, LONG_MS);
        expect(await broken()).toEqual([]);
        expect(told(changes)).toEqual(before);
        expect(await schedule.healAll()).toEqual([]);
      },
      {
        control: (own, clock) => ({
          impair: async (id, link, direction, impairment) => {
            if (link.caller === 'origin') throw new WorldFailed('refused');
            // Those that act already are waited for.
            await sleep(clock, 100);
            await own.impair(id, link, direction, impairment);
          },
        }),
      },
    );
  });

  it('rejects only when those on their way have acted, so that nothing is closed under them', async () => {
    const method = [planned(0, 'pause', 'origin'), planned(0, 'partition', 'edge:us-east<->kafka')];
    await withSchedule(
      async ({ clock, schedule, broken }) => {
        await expect(schedule.run(method, never)).rejects.toThrow('refused');
        expect(clock.monotonicMs()).toBeGreaterThan(6_000);
        expect(await broken()).toEqual(['edge:us-east-kafka is impaired']);
        expect(await schedule.healAll()).toEqual([]);
        expect(await broken()).toEqual([]);
      },
      {
        control: (own, clock) => ({
          pause: () => Promise.reject(new WorldFailed('refused')),
          impair: async (id, link, direction, impairment) => {
            await sleep(clock, 6_000);
            await own.impair(id, link, direction, impairment);
          },
        }),
      },
    );
  });

  it('is over soon after its load, whatever was still to come or to last', async () => {
    const method = [planned(0, 'pause', 'redis:us-east', LONG_MS), planned(LONG_MS, 'partition', 'edge:us-east<->kafka')];
    await withSchedule(async ({ clock, schedule, changes, broken }) => {
      const load = new AbortController();
      const ran = schedule.run(method, load.signal);
      await sleep(clock, 2_000);
      load.abort();
      await ran;
      expect(clock.monotonicMs()).toBeLessThan(LONG_MS / 2);
      expect(await schedule.healAll()).toEqual([]);
      await sleep(clock, 2 * LONG_MS);
      expect(told(changes)).toEqual(['injected redis:us-east', 'healed redis:us-east']);
      expect(await broken()).toEqual([]);
    });
  });

  it('lets a fault wait for an earlier one at its place that takes longer than was planned', async () => {
    const method = [planned(0, 'kill', 'edge:us-east', 1_000), planned(2_000, 'pause', 'edge:us-east', 1_000)];
    const slowKill = (own: WorldControl, clock: FaultBench['clock']) => ({
      kill: async (node: Parameters<WorldControl['kill']>[0]) => {
        await sleep(clock, 6_000);
        await own.kill(node);
      },
    });
    await withSchedule(
      async ({ schedule, changes, history, broken }) => {
        await schedule.run(method, never);
        expect(told(changes)).toEqual(['injected edge:us-east', 'healed edge:us-east', 'injected edge:us-east', 'healed edge:us-east']);
        const [kill, pause] = history.faults;
        expect(pause?.injectedMs).toBeGreaterThanOrEqual(kill?.healedMs ?? Number.POSITIVE_INFINITY);
        expect(await broken()).toEqual([]);
      },
      { control: slowKill },
    );
  });

  it('fails, as what was asked for was right, where an earlier fault stays in the way', async () => {
    const method = [planned(0, 'pause', 'origin', 1_000), planned(30_000, 'kill', 'origin')];
    let canResume = false;
    await withSchedule(
      async ({ schedule, broken }) => {
        await expect(schedule.run(method, never)).rejects.toThrow(WorldFailed);
        canResume = true;
        expect(await schedule.healAll()).toEqual([]);
        expect(await broken()).toEqual([]);
      },
      { control: (own) => ({ resume: (node) => (canResume ? own.resume(node) : Promise.reject(new WorldFailed('refused'))) }) },
    );
  });

  it('whose faults exclude each other is refused before the first', async () => {
    const method = [
      planned(0, 'pause', 'redis:us-east', 100),
      planned(1_000, 'kill', 'edge:us-east'),
      planned(2_000, 'pause', 'edge:us-east'),
    ];
    await withSchedule(async ({ schedule, changes }) => {
      await expect(schedule.run(method, never)).rejects.toThrow(InvalidInput);
      expect(changes).toEqual([]);
    });
  });
});
