/** What a region is wanted to have, by layers, and that its edge has it: also after it started again, by whomever. */
import { describe, expect, it } from 'vitest';
import type { EdgeConfig, EdgeConfigChange, EdgeMetrics } from '../../services/protocol/edge-api.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import { InvalidInput } from '../errors.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { SettingsLayer } from './setting-layers.ts';
import { WorldSettings } from './settings.ts';
import type { BegunRegion, SettingsInForce } from './settings-facts.ts';

const REGION = 'eu-west';
const FOUND: EdgeConfig = { propagationDelayMs: 100, strategy: 'eager' };
const DELAY = 'fault propagation-delay';

interface Options extends Partial<BegunRegion> {
  readonly mayChange?: boolean;
  readonly hasSettings?: boolean;
}

/**
 * A region with an edge that keeps what it is given for as long as it lives, and everything that is told and written of
 * it.
 */
function withRegion({ mayChange = true, hasSettings = true, ...begun }: Options = {}) {
  const clock = new VirtualClock();
  const edge = { has: begun.found ?? FOUND, isStopped: false, isDeaf: false, since: 1, given: [] as EdgeConfig[] };
  const journal = new Map<string, JournalEntry>(begun.left === undefined ? [] : [[begun.left.id, begun.left]]);
  const told: SettingsInForce[] = [];
  const change = async (given: EdgeConfigChange) => {
    if (edge.isStopped || edge.isDeaf) throw new Error('no answer');
    edge.has = { ...edge.has, ...given } as EdgeConfig;
    edge.given.push(edge.has);
  };
  const settings = new WorldSettings({
    clock,
    mayChange,
    journal: {
      write: async (entry) => void journal.set(entry.id, entry),
      done: async () => {},
      replace: async (entry) => void journal.set(entry.id, entry),
      strike: async (id) => void journal.delete(id),
    },
    edgeOf: (region) => ({ region, can: hasSettings ? { settings: { read: async () => edge.has, change } } : {} }),
    isStopped: async () => edge.isStopped,
    regions: [{ region: REGION, made: FOUND, found: FOUND, startsAsMade: false, ...begun }],
  });
  settings.onInForce((one) => told.push(one));
  const region = settings.of(REGION);
  const metrics = () => ({ ...edge.has, metrics: { startTime: String(edge.since) } }) as EdgeMetrics;
  const settled = () => clock.advance(0);
  return {
    ...{ clock, edge, journal, told, region, settled },
    /** Somebody asks it for its metrics. */
    look: async () => {
      region.look()(metrics());
      await settled();
    },
    metrics,
    /** As a cluster starts one, or whoever has Docker at hand: it comes up as its container was made. */
    startAnew: async (has: EdgeConfig = FOUND) => {
      Object.assign(edge, { has, isStopped: false, since: edge.since + 1 });
    },
  };
}

const LAYERS = [
  ['file', { propagationDelayMs: 200, strategy: 'lazy' }],
  ['person', { propagationDelayMs: 300 }],
  ['run', { propagationDelayMs: 400, strategy: 'eager' }],
  [DELAY, { propagationDelayMs: 500 }],
  ['fault strategy', { strategy: 'lazy' }],
] as const;

/** Said once more, plainly: the strongest that is left. */
function expectedOf(layers: readonly SettingsLayer[]): EdgeConfig {
  const left = LAYERS.filter(([layer]) => layers.includes(layer)).map(([, change]) => change as Partial<EdgeConfig>);
  return {
    propagationDelayMs: left.findLast(({ propagationDelayMs }) => propagationDelayMs !== undefined)?.propagationDelayMs ?? 100,
    strategy: left.findLast(({ strategy }) => strategy !== undefined)?.strategy ?? 'eager',
  };
}

function ordersOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length === 0) return [[]];
  return all.flatMap((first) => ordersOf(all.filter((one) => one !== first)).map((rest) => [first, ...rest]));
}

describe('the layers of a region', () => {
  it('are taken away in any order, each by itself, and what is left holds', async () => {
    for (const order of ordersOf(LAYERS.map(([layer]) => layer))) {
      const { region, edge, journal } = withRegion();
      // Wanted in the other order, too.
      for (const layer of [...order].reverse()) await region.set(layer, LAYERS.find(([one]) => one === layer)?.[1] ?? {});
      expect(edge.has).toEqual(expectedOf(order));
      for (const [at, layer] of order.entries()) {
        await region.remove(layer);
        expect([order, at, edge.has]).toEqual([order, at, expectedOf(order.slice(at + 1))]);
      }
      expect(journal.size).toBe(0);
    }
  });

  it('add up: what a person sets later comes beside what was set before', async () => {
    const { region, edge } = withRegion();
    await region.set('person', { propagationDelayMs: 300 });
    await region.set('person', { strategy: 'lazy' });
    expect(edge.has).toEqual({ propagationDelayMs: 300, strategy: 'lazy' });
  });

  it('are said by the fault that covers what was asked for, and by none where nothing does', async () => {
    const { region } = withRegion();
    await region.set(DELAY, { propagationDelayMs: 500 });
    expect(region.covering('person', { propagationDelayMs: 300 })).toBe('propagation-delay');
    expect(region.covering('person', { strategy: 'lazy' })).toBeUndefined();
  });

  it('have a lease of an edge that tells one', async () => {
    const made: EdgeConfig = { ...FOUND, freshnessLeaseMs: 10_000 };
    const { region, edge } = withRegion({ made, found: made });
    await region.set('run', { freshnessLeaseMs: 0 });
    expect(edge.has).toEqual({ ...FOUND, freshnessLeaseMs: 0 });
    expect(region.covering('person', { freshnessLeaseMs: 5_000 })).toBe('run');
    expect(region.covering('person', { propagationDelayMs: 1 })).toBeUndefined();
    await region.remove('run');
    expect(edge.has).toEqual(made);
  });

  it('ask no lease of an edge that tells none: it is older than leases, and would refuse it', async () => {
    const { region, edge } = withRegion();
    await region.set('person', { propagationDelayMs: 300 });
    expect(edge.given).toEqual([{ propagationDelayMs: 300, strategy: 'eager' }]);
  });

  it('take many changes at once in the order they were asked for', async () => {
    const { region, edge } = withRegion();
    await Promise.all([7, 8, 9].map((propagationDelayMs) => region.set('person', { propagationDelayMs })));
    expect(edge.given.map(({ propagationDelayMs }) => propagationDelayMs)).toEqual([7, 8, 9]);
  });
});

describe('an edge', () => {
  const WANTED: EdgeConfig = { propagationDelayMs: 1_200, strategy: 'lazy' };

  it('of a hosted world starts with what is wanted', async () => {
    const { region, edge } = withRegion();
    await region.set('run', WANTED);
    edge.isStopped = true;
    const started: EdgeConfig[] = [];
    await region.restart(async (wanted) => void started.push(wanted));
    expect(started).toEqual([WANTED]);
  });

  it('of a cluster comes up as it was made, and has what is wanted when its start is over', async () => {
    const { region, edge, told, startAnew } = withRegion({ startsAsMade: true });
    await region.set('run', WANTED);
    edge.isStopped = true;
    told.length = 0;
    await region.restart(() => startAnew());
    expect(edge.has).toEqual(WANTED);
    expect(told.map(({ settings, isCertain }) => [settings, isCertain])).toEqual([
      [FOUND, false],
      [WANTED, false],
      [WANTED, true],
    ]);
  });

  it('that takes a while to answer is told as soon as it does, and who asks for something else meanwhile waits', async () => {
    const { region, edge, clock, startAnew } = withRegion({ startsAsMade: true });
    await region.set('run', WANTED);
    Object.assign(edge, { isStopped: true, isDeaf: true });
    const up = region.restart(() => startAnew());
    const later = region.set(DELAY, { propagationDelayMs: 5_000 });
    await clock.advance(3_000);
    expect(edge.has).toEqual(FOUND);
    edge.isDeaf = false;
    await clock.advance(1_000);
    await Promise.all([up, later]);
    expect(edge.given.slice(1)).toEqual([WANTED, { ...WANTED, propagationDelayMs: 5_000 }]);
  });

  it('that is away takes a change when it starts', async () => {
    const { region, edge, startAnew } = withRegion({ startsAsMade: true });
    edge.isStopped = true;
    await region.set('person', { propagationDelayMs: 300 });
    await region.restart(() => startAnew());
    expect(edge.has).toEqual({ propagationDelayMs: 300, strategy: 'eager' });
  });

  it('that somebody else started again is given what is wanted when it is seen', async () => {
    const { region, edge, told, look, startAnew, clock } = withRegion({ startsAsMade: true });
    await region.set('run', WANTED);
    await look();
    await clock.advance(800);
    await startAnew();
    await clock.advance(200);
    told.length = 0;
    await look();
    expect(edge.has).toEqual(WANTED);
    expect(told[0]).toEqual({ region: REGION, settings: FOUND, isCertain: true, agoMs: 1_000 });
    expect(told.at(-1)).toMatchObject({ settings: WANTED, isCertain: true });
  });

  it('that somebody else set otherwise is left so, and that it is so is told', async () => {
    const { region, edge, told, look } = withRegion({ startsAsMade: true });
    await region.set('run', WANTED);
    await look();
    const other = { propagationDelayMs: 7, strategy: 'eager' } as const;
    edge.has = other;
    await look();
    expect(edge.has).toEqual(other);
    expect(told.at(-1)).toMatchObject({ settings: other, isCertain: true });
  });

  it('says nothing by an answer on whose way a change was made', async () => {
    const { region, told, metrics } = withRegion();
    const saw = region.look();
    const before = metrics();
    await region.set('run', WANTED);
    told.length = 0;
    saw(before);
    expect(told).toEqual([]);
    expect(region.inForce).toEqual(WANTED);
  });

  it('that does not take a change is not wanted to have it, and is given what is as soon as it answers', async () => {
    const { region, edge, told, look } = withRegion();
    edge.isDeaf = true;
    await expect(region.set('person', WANTED)).rejects.toThrow('no answer');
    expect(region.desired).toEqual(FOUND);
    // It may have it all the same.
    expect(told).toEqual([{ region: REGION, settings: WANTED, isCertain: false, agoMs: 0 }]);
    Object.assign(edge, { isDeaf: false, has: WANTED });
    await look();
    expect(edge.has).toEqual(FOUND);
  });

  it('that did not take the end of a fault is given it by whoever heals it again', async () => {
    const { region, edge, journal } = withRegion();
    await region.plan(DELAY);
    await region.set(DELAY, { propagationDelayMs: 500 });
    edge.isDeaf = true;
    await expect(region.remove(DELAY)).rejects.toThrow('no answer');
    expect(journal.size).toBe(1);
    edge.isDeaf = false;
    await region.remove(DELAY);
    expect(edge.has).toEqual(FOUND);
    expect(journal.size).toBe(0);
  });

  it('that did not say what it has, as it was frozen when the lab came, is told all the same', async () => {
    const { region, edge } = withRegion({ startsAsMade: true, found: undefined });
    edge.has = WANTED;
    await region.set('run', FOUND);
    expect(edge.given).toEqual([FOUND]);
  });

  it('without a token is changed by nobody, and may start again', async () => {
    const { region, edge, startAnew } = withRegion({ startsAsMade: true, found: undefined, mayChange: false });
    await expect(region.set('run', WANTED)).rejects.toThrow(`${REGION} runs without ADMIN_TOKEN`);
    await expect(region.plan(DELAY)).rejects.toThrow('without ADMIN_TOKEN');
    await region.restart(() => startAnew());
    expect(edge.given).toEqual([]);
  });
});

describe('an edge that has no settings', () => {
  it('is given none: who wants others is refused by name, and nothing is told or written', async () => {
    const { region, told, journal, startAnew } = withRegion({ startsAsMade: true, found: undefined, hasSettings: false });
    const refusal = new InvalidInput(`the edge of ${REGION} has no settings that can be changed`);
    await expect(region.set('person', { propagationDelayMs: 1 })).rejects.toThrow(refusal);
    await expect(region.plan(DELAY)).rejects.toThrow(refusal);
    expect([told, [...journal]]).toEqual([[], []]);
    await region.restart(() => startAnew());
  });
});

describe('the journal', () => {
  const undoOf = (entry: JournalEntry | undefined) => (entry?.undo.do === 'configure' ? entry.undo.change : undefined);

  it('has what undoes a fault before the fault is in force, and nothing after it', async () => {
    const { region, edge, journal } = withRegion();
    await region.plan(DELAY);
    expect(edge.given).toEqual([]);
    expect([...journal.values()]).toMatchObject([{ says: 'edge:eu-west is under propagation-delay', undo: { change: FOUND } }]);
    await region.set(DELAY, { propagationDelayMs: 500 });
    await region.remove(DELAY);
    expect(journal.size).toBe(0);
  });

  it('leads back to what a person set, also where that was set under a fault and a run', async () => {
    const { region, journal } = withRegion();
    await region.set('person', { propagationDelayMs: 300 });
    expect(journal.size).toBe(0);
    await region.set('run', { propagationDelayMs: 400, strategy: 'lazy' });
    await region.set(DELAY, { propagationDelayMs: 500 });
    const [entry] = journal.values();
    expect(entry?.says).toBe('edge:eu-west is set for a run and under propagation-delay');
    expect(undoOf(entry)).toEqual({ propagationDelayMs: 300, strategy: 'eager' });
    await region.set('person', { propagationDelayMs: 301, strategy: 'lazy' });
    expect(undoOf([...journal.values()][0])).toEqual({ propagationDelayMs: 301, strategy: 'lazy' });
  });

  it('keeps what a person set of an edge that is about to end, where its container was made with something else', async () => {
    const { region, journal, startAnew } = withRegion({ startsAsMade: true });
    await region.leave();
    expect(journal.size).toBe(0);
    await region.restart(() => startAnew());
    await region.set('person', { propagationDelayMs: 300 });
    await region.leave();
    expect(undoOf([...journal.values()][0])).toEqual({ propagationDelayMs: 300, strategy: 'eager' });
    await region.restart(() => startAnew());
    expect(journal.size).toBe(0);
  });

  it('hands a fault that an earlier command left in force to the lab that starts its edge again', async () => {
    const first = withRegion({ startsAsMade: true });
    await first.region.set('person', { strategy: 'lazy' });
    await first.region.set(DELAY, { propagationDelayMs: 500 });
    const [left] = first.journal.values();
    const second = withRegion({ startsAsMade: true, found: first.edge.has, left });
    await second.region.restart(() => second.startAnew());
    expect(second.edge.has).toEqual({ propagationDelayMs: 500, strategy: 'lazy' });
    await expect(second.region.plan(DELAY)).rejects.toThrow(/is under propagation-delay already, by an earlier command/);
    await second.region.plan('fault strategy');
    await second.region.set('fault strategy', { strategy: 'eager' });
    expect(undoOf([...second.journal.values()][0])).toEqual({ propagationDelayMs: 100, strategy: 'lazy' });
  });
});
