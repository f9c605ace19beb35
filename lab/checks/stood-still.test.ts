/** How much a machine that stood still explains, from literal evidence. */
import { describe, expect, it } from 'vitest';
import type { Pressure, Stall } from '../history/records.ts';
import { doubtOf, whileStoodStill } from './doubt.ts';
import { StoodStill } from './stood-still.ts';
import { fault } from './testing/history.ts';

const REGION = 'eu-west';
const EDGE = `edge:${REGION}`;
const SECOND = { fromMs: 1_000, toMs: 2_000 };
const NONE = { stalls: [], pressures: [], faults: [] };
const stalled = (...stalls: Stall[]) => new StoodStill({ ...NONE, stalls });
const waited = (...pressures: Pressure[]) => new StoodStill({ ...NONE, pressures });

describe('what a standstill explains', () => {
  const cases: readonly (readonly [title: string, stood: StoodStill, explainsMs: number])[] = [
    ['is nothing where there was none', new StoodStill(NONE), 0],
    ['is its length, and once more for what waited', stalled({ dueMs: 1_100, lateMs: 200 }), 400],
    ['is no more than the time there was', stalled({ dueMs: 1_100, lateMs: 600 }), 900],
    ['is what is left of it after one that began before', stalled({ dueMs: 900, lateMs: 200 }), 300],
    ['is that alone where it was over before', stalled({ dueMs: 700, lateMs: 200 }), 100],
    ['is nothing when that was over, too', stalled({ dueMs: 500, lateMs: 200 }), 0],
    ['is its share where it ran in between', stalled({ dueMs: 1_000, lateMs: 100, overMs: 400 }), 200],
    ['adds up one after another', stalled({ dueMs: 1_000, lateMs: 100 }, { dueMs: 1_500, lateMs: 100 }), 400],
    [
      'is that of the latest where several processes stood still together',
      stalled(
        { dueMs: 1_100, lateMs: 200, of: 'lab' },
        { dueMs: 1_100, lateMs: 100, of: 'origin' },
        { dueMs: 1_050, lateMs: 100, of: EDGE },
      ),
      450,
    ],
    [
      'adds up where they did one after another',
      stalled({ dueMs: 1_000, lateMs: 100, of: 'origin' }, { dueMs: 1_500, lateMs: 100, of: EDGE }),
      400,
    ],
    ['is nothing of the edge of another region', stalled({ dueMs: 1_100, lateMs: 200, of: 'edge:us-east' }), 0],
    ['is that of services that are one process', stalled({ dueMs: 1_100, lateMs: 200, of: 'services' }), 400],
    ['is how long a process waited for a processor, and no more', waited({ of: 'origin', atMs: 2_000, overMs: 1_000, waitedMs: 300 }), 300],
    ['of that its share within the time', waited({ of: 'origin', atMs: 1_500, overMs: 1_000, waitedMs: 300 }), 150],
    [
      'is not how many tasks of the machine waited',
      waited({ of: 'lab', atMs: 2_000, overMs: 1_000, waitedMs: 10, someMs: 1_000, fullMs: 900 }),
      10,
    ],
  ];
  it.each(cases)('%s', (_title, stood, explainsMs) => {
    expect(Math.round(stood.explainsMs(REGION, SECOND))).toBe(explainsMs);
  });

  it('is nothing of a node that the lab itself had paused', () => {
    const stall = { dueMs: 1_100, lateMs: 800, of: EDGE };
    const pausing = (target: string) => [fault('pause', target, { fromMs: 1_200, toMs: 1_900 })];
    expect(new StoodStill({ ...NONE, stalls: [stall], faults: pausing(EDGE) }).explainsMs(REGION, SECOND)).toBe(0);
    expect(new StoodStill({ ...NONE, stalls: [stall], faults: pausing('origin') }).explainsMs(REGION, SECOND)).toBe(900);
    const longAfter = new StoodStill({ ...NONE, stalls: [{ ...stall, dueMs: 9_000 }], faults: pausing(EDGE) });
    expect(longAfter.explainsMs(REGION, { fromMs: 9_000, toMs: 10_000 })).toBe(1_000);
  });

  it('of an edge counts only where an edge is on the way', () => {
    expect(stalled({ dueMs: 1_100, lateMs: 200, of: EDGE }).explainsMs(undefined, SECOND)).toBe(0);
    expect(stalled({ dueMs: 1_100, lateMs: 200, of: 'origin' }).explainsMs(undefined, SECOND)).toBe(400);
  });
});

describe('a doubt', () => {
  const busy = stalled(...Array.from({ length: 40 }, (_, at) => ({ dueMs: at * 250, lateMs: 60, overMs: 200 })));
  const about = (excessMs: number, toMs = 10_000) =>
    doubtOf(busy, { region: REGION, during: [{ fromMs: 0, toMs }], excessMs, ordinaryMs: 150 });

  it('says for how long it stood still of how long', () => {
    expect(about(1_000)).toBe('while the machine stood still for 2.4 s of the 10.0 s');
    expect(about(100, 800)).toBe('while the machine stood still for 0.24 s of the 0.80 s');
    expect(whileStoodStill(249, 250)).toBe('while the machine stood still for all of the 0.25 s');
    expect(whileStoodStill(400, 250)).toBe('while the machine stood still for all of the 0.25 s');
  });

  it('is none about what is late by more than that explains, however busy the machine is', () => {
    // A quarter of the time, with what waited half of it: it does not make ten seconds of nine and a half.
    expect(about(9_500)).toBeUndefined();
    expect(about(4_000)).toBeDefined();
  });

  it('is none where it stood still for no longer than is in every bound', () => {
    expect(about(10, 400)).toBeUndefined();
  });
});
