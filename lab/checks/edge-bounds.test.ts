/**
 * What follows from how a cache is made is told in the head of a history, by region: checks judge by that, and by our
 * own edge's where it is not.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import type { History } from '../history/history.ts';
import { readHistory } from '../history/read-history.ts';
import type { RegionBounds } from '../system/edges/edge.ts';
import { EDGES, openEdge } from '../system/edges/edges.ts';
import { mislabelled } from './anomalies/mislabelled.ts';
import { staleAfterBound } from './anomalies/stale-after-bound.ts';
import { unavailable } from './anomalies/unavailable.ts';
import { FaultWindows } from './fault-windows.ts';
import { judgeBy } from './pass.ts';
import { fault, headOf, historyOf, REGIONS, read, write } from './testing/history.ts';

const HEAD = headOf({ checks: ['mislabelled'] });
const SLOW = { fetchDeadlineMs: 10_000, joinDeadlineMs: 5_000 };

/** As a file says it, and as it is read back. */
async function readBack(head: object): Promise<History> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-bounds-'));
  try {
    const file = join(folder, 'history.ndjson');
    await writeFile(file, `${JSON.stringify(head)}\n`);
    return (await readHistory(file)).history;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function judged(bounds: RegionBounds | undefined) {
  const stale = { status: 'stale', cachedMs: 1_500 } as const;
  const history = historyOf({ operations: [write(2, 1_000), read(2, 3_000, stale), read(2, 6_000, stale)] });
  history.begin(bounds === undefined ? HEAD : { ...HEAD, bounds });
  return judgeBy(mislabelled, history, { regions: REGIONS, staleness: 'adjusted' }).verdict;
}

function excusedMs(bounds: RegionBounds | undefined, slows: { readonly fetchMs: number; readonly callMs: number }) {
  const slow = { ...fault('latency', 'edge:eu-west<->origin', { fromMs: 1_000, toMs: 2_000 }), slows: { invalidationMs: 0, ...slows } };
  const killed = fault('kill', 'edge:eu-west', { fromMs: 1_200, toMs: 1_300 });
  const history = historyOf({ operations: [], faults: [slow, killed] });
  history.begin(bounds === undefined ? HEAD : { ...HEAD, bounds });
  const all = { fromMs: 0, toMs: 10_000 };
  return 10_000 - new FaultWindows(history).unexcusedMs({ region: 'eu-west', status: 'stale' }, all);
}

describe('the bounds of an edge', () => {
  it('are those that the head of its history tells, of its region', async () => {
    const history = await readBack({ ...HEAD, bounds: { 'eu-west': SLOW } });
    expect(history.boundsOf('eu-west')).toEqual(SLOW);
    expect(history.boundsOf('us-east')).toEqual(EDGES.edgesync.bounds);
  });

  it('are those of our own edge in an older history, which tells none', async () => {
    const history = await readBack(HEAD);
    expect(history.boundsOf('eu-west')).toEqual({ fetchDeadlineMs: 2_000, joinDeadlineMs: 1_000 });
  });

  it.each([{ fetchDeadlineMs: 0, joinDeadlineMs: 1 }, { fetchDeadlineMs: 1 }, { ...SLOW, other: 1 }])(
    'are refused as %o',
    async (bounds) => {
      await expect(readBack({ ...HEAD, bounds: { 'eu-west': bounds } })).rejects.toThrow(/history\.ndjson:1: bounds\.eu-west/);
    },
  );

  it('decide how long an entry may stay stale', () => {
    expect(judged(undefined)).toBe('fail');
    expect(judged({ 'us-east': SLOW })).toBe('fail');
    expect(judged({ 'eu-west': SLOW })).toBe('pass');
  });

  it('decide how slow a link may be before it stops fetches, and keeps a region from joining the log', () => {
    expect(excusedMs(undefined, { fetchMs: 1_600, callMs: 0 })).toBe(1_000);
    expect(excusedMs({ 'eu-west': SLOW }, { fetchMs: 1_600, callMs: 0 })).toBe(100);
    expect(excusedMs(undefined, { fetchMs: 0, callMs: 1_100 })).toBe(800);
    expect(excusedMs({ 'eu-west': SLOW }, { fetchMs: 0, callMs: 1_100 })).toBe(100);
  });
});

describe('what several edges hold hot', () => {
  const HOT_MS = 4_000;
  const HOT = { 'eu-west': { ...EDGES.edgesync.bounds, members: 2, hotMs: HOT_MS } };

  function oldAt(startMs: number, bounds: RegionBounds | undefined) {
    const history = historyOf({ operations: [write(2, 1_000), read(1, startMs), read(2, 20_000)] });
    history.begin(bounds === undefined ? HEAD : { ...HEAD, bounds });
    return judgeBy(staleAfterBound, history, { regions: REGIONS, staleness: 'adjusted' }).verdict;
  }

  it('may be old for so much longer, and no longer', () => {
    expect(oldAt(1_000 + HOT_MS, undefined)).toBe('fail');
    expect(oldAt(1_000 + HOT_MS, HOT)).toBe('pass');
    expect(oldAt(2_000 + HOT_MS, HOT)).toBe('fail');
  });

  it('may stay stale for so much longer', () => {
    expect(judged(HOT)).toBe('pass');
  });

  it.each([
    { title: 'one edge', others: [], expected: undefined },
    { title: 'several', others: ['http://127.0.0.1:2'], expected: HOT_MS },
  ])('is told of a region with $title', ({ others, expected }) => {
    const clock = new VirtualClock();
    const edge = openEdge({ region: 'eu-west', url: 'http://127.0.0.1:1', others, hotMs: HOT_MS }, { clock } as never);
    expect(edge.bounds.hotMs).toBe(expected);
  });
});

describe('a circuit breaker', () => {
  const [HEALED_MS, PROBE_MS] = [2_000, 3_000];
  const HAS_ONE = { ...EDGES.edgesync.bounds, probeMs: PROBE_MS };

  function failing(target: string, bounds: RegionBounds | undefined, fromMs: number) {
    const operations = Array.from({ length: 90 }, (_, at) => {
      const fails = at * 100 >= fromMs && at * 100 < fromMs + 500;
      return [read(1, at * 100, { region: 'us-east' }), read(1, at * 100, fails ? { outcome: 'fail', error: '503' } : {})];
    }).flat();
    const cut = fault('partition', target, { fromMs: 1_000, toMs: HEALED_MS });
    const history = historyOf({ operations, faults: [cut] });
    history.begin(bounds === undefined ? HEAD : { ...HEAD, bounds });
    return judgeBy(unavailable, history, { regions: REGIONS, staleness: 'adjusted' }).verdict;
  }

  it.each(['edge:eu-west<->origin', 'origin<->postgres'])(
    'may keep its edge from asking for a while after %s is healed, and no longer',
    (target) => {
      const [soonMs, lateMs] = [HEALED_MS + PROBE_MS, HEALED_MS + EDGES.edgesync.bounds.fetchDeadlineMs + PROBE_MS + 100];
      expect(failing(target, undefined, soonMs)).toBe('fail');
      expect(failing(target, { 'us-east': HAS_ONE }, soonMs), 'of another region').toBe('fail');
      expect(failing(target, { 'eu-west': HAS_ONE }, soonMs)).toBe('pass');
      expect(failing(target, { 'eu-west': HAS_ONE }, lateMs)).toBe('fail');
    },
  );

  it.each(['edge:eu-west<->kafka', 'redis:eu-west'])('excuses nothing after %s is healed', (target) => {
    expect(failing(target, { 'eu-west': HAS_ONE }, HEALED_MS + PROBE_MS)).toBe('fail');
  });
});
