/** What somebody at the terminal may do while a fault is on its way or everything is healed; in virtual time. */
import { describe, expect, it } from 'vitest';
import { sleep } from '../../services/runtime/clock.ts';
import type { WorldControl } from '../worlds/world.ts';
import { type VirtualLabOptions, withVirtualLab } from './testing/virtual-lab.ts';

const SLOW_MS = 6_000;
const LONG_MS = 600_000;
const CUT = 'edge:eu-west<->kafka';

function slow(method: 'pause' | 'start' | 'repair'): VirtualLabOptions {
  return {
    control: (own, clock) => ({
      [method]: async (what: Parameters<WorldControl['pause']>[0]) => {
        await sleep(clock, SLOW_MS);
        await own[method](what);
      },
    }),
  };
}

describe('a restart that takes six seconds', () => {
  it.each([
    ['after the calm beginning', 20_000],
    ['in the calm beginning', 5_000],
  ])('begun %s accuses no region that is right, nor makes the verdict unknown for good', async (_title, atMs) => {
    await withVirtualLab(async (bench) => {
      await sleep(bench.clock, atMs);
      bench.do({ do: 'inject', fault: 'restart', target: 'kafka' });
      await sleep(bench.clock, 90_000);
      expect(bench.verdicts()).not.toContain('violated');
      expect(bench.verdicts().at(-1)).toBe('clear');
      expect(bench.notes().filter((note) => /answered/.test(note))).toEqual([]);
    }, slow('start'));
  });
});

describe('healing everything', () => {
  it('refuses what is asked for meanwhile in a sentence, and leaves the door open afterwards', async () => {
    await withVirtualLab(async (bench) => {
      bench.do({ do: 'inject', fault: 'partition', target: CUT });
      await sleep(bench.clock, 1_000);
      bench.do({ do: 'heal-all' });
      await sleep(bench.clock, SLOW_MS / 2);
      bench.do({ do: 'inject', fault: 'pause', target: 'redis:us-east' });
      bench.do({ do: 'heal-all' });
      await sleep(bench.clock, 2 * SLOW_MS);
      expect(bench.notes()).toContain('pause redis:us-east: everything is being healed; try again when the heal is done');
      expect(bench.notes().filter((note) => note.startsWith('healed:'))).toEqual([`healed: partition ${CUT}`]);
      expect(await bench.broken()).toEqual([]);
      bench.do({ do: 'inject', fault: 'pause', target: 'redis:us-east' });
      await sleep(bench.clock, 2_000);
      expect(bench.notes()).toContain('redis:us-east is paused');
      expect(await bench.broken()).toEqual(['redis:us-east is paused']);
      bench.do({ do: 'heal-all' });
      await sleep(bench.clock, 2 * SLOW_MS);
      expect(await bench.broken()).toEqual([]);
    }, slow('repair'));
  });

  it('waits for what is on its way, and heals that too', async () => {
    await withVirtualLab(async (bench) => {
      bench.do({ do: 'inject', fault: 'pause', target: 'redis:us-east' });
      await sleep(bench.clock, SLOW_MS / 2);
      bench.do({ do: 'heal-all' });
      await sleep(bench.clock, 3 * SLOW_MS);
      expect(await bench.broken()).toEqual([]);
      expect(bench.events.findLast(({ type }) => type === 'faults')).toMatchObject({ inForce: [] });
    }, slow('pause'));
  });
});

describe('a fault that is healed while it is on its way', () => {
  it('is over with it: nothing is left to end at its time', async () => {
    const timers = await withVirtualLab(async ({ clock, do: command, notes, broken }) => {
      command({ do: 'inject', fault: 'pause', target: 'redis:us-east', forMs: LONG_MS });
      await sleep(clock, SLOW_MS / 2);
      command({ do: 'heal', id: 'f1' });
      await sleep(clock, 2 * SLOW_MS);
      expect(notes()).toEqual(['redis:us-east is paused', 'healed: pause redis:us-east']);
      expect(await broken()).toEqual([]);
    }, slow('pause'));
    expect(timers).toBe(0);
  });
});

describe('closing while a fault is on its way', () => {
  it.each([[undefined], [LONG_MS]])('leaves nothing in force, and nothing to come, with an end set: %s', async (forMs) => {
    const timers = await withVirtualLab(async ({ clock, lab, do: command, events, notes, broken }) => {
      command({ do: 'inject', fault: 'pause', target: 'redis:us-east', ...(forMs === undefined ? {} : { forMs }) });
      await sleep(clock, SLOW_MS / 2);
      expect(notes()).toEqual([]);
      expect(await lab.close()).toEqual([]);
      expect(notes()).toEqual(['redis:us-east is paused', 'healed: pause redis:us-east']);
      const after = events.length;
      await sleep(clock, 2 * SLOW_MS);
      expect(await broken()).toEqual([]);
      expect(events.slice(after)).toEqual([]);
    }, slow('pause'));
    expect(timers).toBe(0);
  });
});
