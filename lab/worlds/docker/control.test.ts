/**
 * The control of a cluster in Docker over a stub of it: what is written before an act, what is left by one that fails
 * or comes late.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, sleep, systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { WorldFailed } from '../../errors.ts';
import { ActiveFaults } from '../../faults/active-faults.ts';
import { Journal, type UndoJournal } from '../../journal/journal.ts';
import { MemoryJournal, type OnAct, StubCluster } from '../testing/stub-cluster.ts';

const SLOW_MS = 200;
/** Within the time that a request may be on its way. */
const LATE_MS = 1_500;
const POLL_MS = 20;

interface StubLab {
  readonly clock: Clock;
  readonly cluster: StubCluster;
  readonly faults: ActiveFaults;
  readonly inject: (fault: string, target: string) => ReturnType<ActiveFaults['inject']>;
}

function startLab(clock: Clock, journal: UndoJournal, onAct: OnAct): StubLab {
  const cluster = new StubCluster({ clock, journal, onAct });
  const { world, clients } = cluster;
  const t = () => clock.monotonicMs();
  const faults = new ActiveFaults({ world, clients, clock, random: createRandom(1), t, onChange: () => {} });
  return { clock, cluster, faults, inject: (fault, target) => faults.inject({ fault, target, parameters: {} }) };
}

/** In virtual time, with a journal in memory. */
async function withLab(onAct: OnAct, run: (lab: StubLab & { readonly journal: MemoryJournal }) => Promise<void>): Promise<void> {
  const clock = new VirtualClock();
  const journal = new MemoryJournal();
  await clock.runUntil(run({ ...startLab(clock, journal, onAct), journal }));
}

/** A fault, its act at the engine or the links, and what that breaks. */
const ACTS: readonly (readonly [fault: string, target: string, act: string, broken: readonly string[]])[] = [
  ['pause', 'edge:a', 'pause edge-a', ['edge-a is paused']],
  ['kill', 'redis:a', 'kill redis-a', ['redis-a is stopped']],
  ['restart', 'kafka', 'kill kafka', []],
  ['isolate', 'edge:a', 'disconnect edge-a', ['edge-a is apart']],
  ['partition', 'edge:a->kafka', 'add a-kafka', ['a-kafka timeout upstream']],
  ['reset', 'edge:a->kafka', 'switch a-kafka off', []],
  ['read-only', 'redis:a', 'refuse redis-a', ['redis-a refuses writes']],
];

describe('what is on disk', () => {
  let folder = '';
  let journal: Journal;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
    journal = await Journal.open(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const onDisk = async () => (await Journal.open(folder)).entries;

  it.each(ACTS)('of %s %s is its undo, before it begins', async (fault, target, act) => {
    const seen: number[] = [];
    const { faults, inject } = startLab(systemClock, journal, async (name) => {
      if (name === act) seen.push((await onDisk()).length);
    });
    await inject(fault, target);
    expect(seen).toEqual([1]);
    expect(await faults.healAll()).toEqual([]);
    expect(await onDisk()).toEqual([]);
  });

  it.each(ACTS)('of %s %s, on its way when its lab closes, is nothing, for it is waited for', async (fault, target, act) => {
    const reached = Promise.withResolvers<void>();
    const { cluster, faults, inject } = startLab(systemClock, journal, async (name) => {
      if (name !== act) return;
      reached.resolve();
      await sleep(systemClock, SLOW_MS);
    });
    const injected = inject(fault, target);
    await reached.promise;
    await faults.end();
    expect(await faults.healAll()).toEqual([]);
    const undone = await cluster.undo(journal);
    await injected;
    await sleep(systemClock, 2 * SLOW_MS);
    expect(cluster.broken).toEqual([]);
    expect(undone).toEqual({ healed: [], left: [] });
    expect(await onDisk()).toEqual([]);
  });

  it('says that an act is done when it is', async () => {
    const { faults, inject } = startLab(systemClock, journal, () => {});
    await inject('pause', 'edge:a');
    expect(await onDisk()).toMatchObject([{ says: 'edge:a is paused', isDone: true }]);
    expect(await faults.healAll()).toEqual([]);
  });

  it('cannot be written: then nothing is done, and it is asked for again next time', async () => {
    const { cluster, faults, inject } = startLab(systemClock, journal, () => {});
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder was');
    await expect(inject('pause', 'edge:a')).rejects.toThrow();
    expect(cluster.broken).toEqual([]);
    await rm(folder);
    await inject('pause', 'edge:a');
    expect(cluster.broken).toEqual(['edge-a is paused']);
    expect(await faults.healAll()).toEqual([]);
    expect(await onDisk()).toEqual([]);
  });
});

describe('an act', () => {
  it.each(ACTS)('%s %s that fails before it is done leaves nothing', async (fault, target, act) => {
    const refuse = (name: string) => {
      if (name === act) throw new WorldFailed('no answer');
    };
    await withLab(refuse, async ({ cluster, faults, inject, journal }) => {
      await expect(inject(fault, target)).rejects.toThrow('no answer');
      expect(faults.inForce).toEqual([]);
      expect(cluster.broken).toEqual([]);
      expect(journal.entries).toEqual([]);
    });
  });

  it.each(ACTS.filter(([fault]) => fault !== 'reset' && fault !== 'restart'))(
    '%s %s that ends after its lab gave up waiting for an answer is undone, too',
    async (fault, target, act, broken) => {
      await withLab(later(act), async ({ clock, cluster, faults, inject, journal }) => {
        const injected = inject(fault, target).catch((error: Error) => error.message);
        const states: (readonly string[])[] = [];
        for (let looks = 0; looks < 2 * LATE_MS; looks += POLL_MS) {
          states.push(cluster.broken);
          await sleep(clock, POLL_MS);
        }
        expect(states).toContainEqual(broken);
        expect(await injected).toMatch(/no answer/);
        expect(faults.inForce).toEqual([]);
        expect(cluster.broken).toEqual([]);
        expect(journal.entries).toEqual([]);
      });

      /** The lab hears of no answer at once; the act itself is done `LATE_MS` later. */
      function later(awaited: string): OnAct {
        let isFirst = true;
        return (name, { clock, repeat }) => {
          if (name !== awaited || !isFirst) return;
          isFirst = false;
          clock.setTimer(LATE_MS, repeat);
          throw new WorldFailed('no answer within 3000 ms');
        };
      }
    },
  );

  it('of two toxics of which the second is refused leaves none', async () => {
    let added = 0;
    const refuse = (name: string) => {
      added += name === 'add a-kafka' ? 1 : 0;
      if (name === 'add a-kafka' && added === 2) throw new WorldFailed('409 toxic exists');
    };
    await withLab(refuse, async ({ cluster, faults, inject, journal }) => {
      await expect(inject('partition', 'edge:a<->kafka')).rejects.toThrow('409');
      expect(cluster.broken).toEqual([]);
      expect(await faults.healAll()).toEqual([]);
      expect(journal.entries).toEqual([]);
    });
  });

  it('of a restart whose start fails is followed by another start', async () => {
    let starts = 0;
    const refuse = (name: string) => {
      starts += name === 'start kafka' ? 1 : 0;
      if (name === 'start kafka' && starts === 1) throw new WorldFailed('start: port is taken');
    };
    await withLab(refuse, async ({ cluster, faults, inject, journal }) => {
      await expect(inject('restart', 'kafka')).rejects.toThrow('port is taken');
      expect(cluster.broken).toEqual([]);
      expect(await faults.healAll()).toEqual([]);
      expect(journal.entries).toEqual([]);
    });
  });
});

describe('a reset', () => {
  it('whose proxy cannot be switched on again leaves it on, and nothing in the journal', async () => {
    let isRefused = true;
    const refuse = (name: string) => {
      if (name !== 'switch a-kafka on' || !isRefused) return;
      isRefused = false;
      throw new WorldFailed('links: 500');
    };
    await withLab(refuse, async ({ cluster, faults, inject, journal }) => {
      await expect(inject('reset', 'edge:a<->kafka')).rejects.toThrow('links: 500');
      expect(faults.inForce).toEqual([]);
      expect(cluster.broken).toEqual([]);
      expect(journal.entries).toEqual([]);
    });
  });

  it('whose proxy stays off is in force until it is on again', async () => {
    let isRefused = true;
    const refuse = (name: string) => {
      if (name === 'switch a-kafka on' && isRefused) throw new WorldFailed('links: 500');
    };
    await withLab(refuse, async ({ cluster, faults, inject, journal }) => {
      await expect(inject('reset', 'edge:a<->kafka')).rejects.toThrow('links: 500');
      expect(cluster.broken).toEqual(['a-kafka is off']);
      expect(faults.inForce).toMatchObject([{ says: 'the connections of edge:a<->kafka are reset' }]);
      expect(await cluster.control.record('f1', { caller: 'edge:a', callee: 'kafka' })).toEqual({ inForce: true, isHidden: false });
      expect(await faults.healAll()).toEqual(['the connections of edge:a<->kafka are reset']);
      expect(journal.entries).toMatchObject([{ says: 'edge:a<->kafka is switched off' }]);
      isRefused = false;
      expect(await faults.healAll()).toEqual([]);
      expect(cluster.broken).toEqual([]);
      expect(journal.entries).toEqual([]);
    });
  });
});

/**
 * Of a lab that is killed stay its journal, what it did, and one request on its way that is done when the test says.
 */
describe('after kill -9 of the lab, heal', () => {
  /** `nth`: of the acts of that name. The lab goes no further than that act. */
  async function withKilled(
    { act, fault, target, nth = 1 }: { act: string; fault: string; target: string; nth?: number },
    run: (lab: StubLab & { readonly journal: MemoryJournal; readonly land: () => void }) => Promise<void>,
  ): Promise<void> {
    let count = 0;
    let land = () => {};
    const hold: OnAct = (name, { repeat }) => {
      count += name === act ? 1 : 0;
      if (name !== act || count !== nth) return undefined;
      land = repeat;
      return new Promise(() => {});
    };
    await withLab(hold, async (lab) => {
      void lab.inject(fault, target);
      await sleep(lab.clock, SLOW_MS);
      await run({ ...lab, land: () => land() });
    });
  }

  it.each(ACTS.filter(([fault]) => fault !== 'reset' && fault !== 'restart'))(
    'undoes %s %s, which is done while it heals',
    async (fault, target, act, broken) => {
      await withKilled({ act, fault, target }, async ({ clock, cluster, journal, land }) => {
        const healing = cluster.undo(journal);
        await sleep(clock, LATE_MS);
        land();
        expect(cluster.broken).toEqual(broken);
        expect((await healing).left).toEqual([]);
        expect(cluster.broken).toEqual([]);
        expect(journal.entries).toEqual([]);
      });
    },
  );

  it('removes both toxics of a cut whose second comes while it heals', async () => {
    const second = { act: 'add a-kafka', fault: 'partition', target: 'edge:a<->kafka', nth: 2 };
    await withKilled(second, async ({ clock, cluster, journal, land }) => {
      expect(cluster.broken).toEqual(['a-kafka timeout upstream']);
      const healing = cluster.undo(journal);
      await sleep(clock, LATE_MS);
      expect(cluster.broken).toEqual([]);
      land();
      expect(cluster.broken).toHaveLength(1);
      expect((await healing).left).toEqual([]);
      expect(cluster.broken).toEqual([]);
    });
  });

  it('switches on a proxy that a reset left off', async () => {
    await withKilled({ act: 'switch a-kafka on', fault: 'reset', target: 'edge:a<->kafka' }, async ({ cluster, journal }) => {
      expect(cluster.broken).toEqual(['a-kafka is off']);
      cluster.onAct = () => {};
      expect(await cluster.undo(journal)).toEqual({ healed: ['edge:a<->kafka is switched off'], left: [] });
      expect(cluster.broken).toEqual([]);
      expect(journal.entries).toEqual([]);
    });
  });

  it('does not wait for requests of an act that is known to be done', async () => {
    await withLab(
      () => {},
      async ({ clock, cluster, inject, journal }) => {
        await inject('pause', 'edge:a');
        const begunMs = clock.monotonicMs();
        expect(await cluster.undo(journal)).toEqual({ healed: ['edge:a is paused'], left: [] });
        expect(clock.monotonicMs()).toBe(begunMs);
        expect(cluster.broken).toEqual([]);
      },
    );
  });

  it('takes what another heal has just undone for undone', async () => {
    await withLab(
      () => {},
      async ({ cluster, inject, journal }) => {
        await inject('pause', 'edge:a');
        await inject('isolate', 'edge:b');
        const again = new MemoryJournal();
        for (const entry of journal.entries) await again.write(entry);
        const both = await Promise.all([cluster.undo(journal), cluster.undo(again)]);
        expect(both.flatMap(({ left }) => left)).toEqual([]);
        expect(cluster.broken).toEqual([]);
      },
    );
  });
});
