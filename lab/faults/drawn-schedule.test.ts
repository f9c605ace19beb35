/** Where the faults of a schedule go, known before it starts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawSchedule, excludes, type PlannedFault } from './drawn-schedule.ts';

const REGIONS = ['us-east', 'eu-west', 'ap-south'];
const planned = (atMs: number, fault: string, target: string, forMs?: number): PlannedFault => ({
  atMs,
  fault,
  target,
  forMs,
  parameters: {},
});
const draw = (seed: number, ...method: PlannedFault[]) => {
  const { faults, problems } = drawSchedule({ method, regions: REGIONS, seed });
  return { targets: faults.map(({ target }) => target.text), problems };
};
const SEEDS = Array.from({ length: 50 }, (_, seed) => seed);

describe('one', () => {
  it('is never a node that another fault holds at its time', () => {
    for (const seed of SEEDS) {
      const { targets, problems } = draw(seed, planned(1_000, 'kill', 'edge:us-east'), planned(2_000, 'pause', 'edge:one'));
      expect(problems).toEqual([]);
      expect(targets[1]).not.toBe('edge:us-east');
    }
  });

  it('may be one that is free again by then', () => {
    const drawn = SEEDS.map(
      (seed) => draw(seed, planned(1_000, 'kill', 'edge:us-east', 500), planned(2_000, 'pause', 'edge:one')).targets[1],
    );
    expect(new Set(drawn)).toEqual(new Set(['edge:us-east', 'edge:eu-west', 'edge:ap-south']));
  });

  it('is refused where none is free', () => {
    const { problems } = draw(1, planned(0, 'kill', 'edge:*'), planned(1_000, 'restart', 'edge:one'));
    expect(problems).toEqual([
      { at: 1, message: expect.stringContaining('expected 1 of us-east, eu-west, ap-south to be free for it, got 0') },
    ]);
  });
});

describe('majority', () => {
  it('is drawn among those that are free, or refused', () => {
    for (const seed of SEEDS) {
      const { targets, problems } = draw(seed, planned(0, 'kill', 'redis:eu-west'), planned(1_000, 'pause', 'redis:majority'));
      expect(problems).toEqual([]);
      expect(targets.slice(1)).toEqual(['redis:ap-south', 'redis:us-east']);
    }
    const two = draw(1, planned(0, 'kill', 'redis:eu-west'), planned(0, 'kill', 'redis:us-east'), planned(1, 'pause', 'redis:majority'));
    expect(two.problems).toMatchObject([{ at: 2 }]);
  });
});

describe('faults that exclude each other', () => {
  it.each([
    ['the same one twice', planned(0, 'partition', 'origin<->kafka'), planned(5_000, 'partition', 'origin<->kafka')],
    ['a flush of a cache that is gone', planned(0, 'kill', 'redis:eu-west', 6_000), planned(5_000, 'flush', 'redis:eu-west')],
    ['a flush of a cache that takes nothing', planned(0, 'read-only', 'redis:eu-west', 6_000), planned(5_000, 'flush', 'redis:eu-west')],
    ['a flush whose edge is gone', planned(0, 'kill', 'edge:eu-west', 6_000), planned(5_000, 'flush', 'redis:eu-west')],
    ['two states of a node', planned(0, 'pause', 'origin', 6_000), planned(5_000, 'kill', 'origin')],
    ['a restart of a node that is paused', planned(0, 'pause', 'origin', 6_000), planned(5_000, 'restart', 'origin')],
    ['all of them, one of which is held', planned(0, 'pause', 'edge:eu-west', 6_000), planned(5_000, 'kill', 'edge:*')],
    ['two at the same moment', planned(5_000, 'restart', 'origin'), planned(5_000, 'kill', 'origin', 1_000)],
    ['the one written first, but later in time', planned(5_000, 'kill', 'origin'), planned(0, 'pause', 'origin', 6_000)],
  ])('are told: %s', (_title, first, second) => {
    const { problems } = draw(1, first, second);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.at).toBe(first.atMs > second.atMs ? 0 : 1);
    expect(problems[0]?.message).toMatch(
      /is still in force at 5000 ms: that fault (is healed at \d+ ms|lasts until everything is healed)$/,
    );
  });

  it.each([
    ['one after the other', planned(0, 'pause', 'origin', 5_000), planned(5_000, 'kill', 'origin')],
    ['a kill after a restart', planned(0, 'restart', 'origin'), planned(5_000, 'kill', 'origin')],
    ['two ways of one link', planned(0, 'partition', 'edge:eu-west->kafka'), planned(0, 'partition', 'kafka->edge:eu-west')],
    ['a cut of a node that is paused', planned(0, 'pause', 'edge:eu-west'), planned(0, 'isolate', 'edge:eu-west')],
    ['the same at two places', planned(0, 'pause', 'edge:eu-west'), planned(0, 'pause', 'edge:us-east')],
  ])('are not: %s', (_title, first, second) => {
    expect(draw(1, first, second).problems).toEqual([]);
  });
});

const anyFault = fc.record({
  atMs: fc.integer({ min: 0, max: 10_000 }),
  fault: fc.constantFrom('pause', 'kill', 'restart', 'isolate'),
  target: fc.constantFrom('edge:one', 'edge:majority', 'edge:*', 'edge:eu-west'),
  lastsMs: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
});

it('a schedule without a problem has no two that exclude each other at one time, and is the same for the same seed', () => {
  fc.assert(
    fc.property(fc.array(anyFault, { maxLength: 8 }), fc.integer({ min: 0, max: 1_000 }), (written, seed) => {
      const method = written.map(({ lastsMs, ...one }) => ({
        ...one,
        forMs: one.fault === 'restart' ? undefined : lastsMs,
        parameters: {},
      }));
      const drawn = drawSchedule({ method, regions: REGIONS, seed });
      expect(drawSchedule({ method, regions: REGIONS, seed })).toEqual(drawn);
      const endOf = ({ fault, atMs, forMs }: PlannedFault) => (fault === 'restart' ? atMs : atMs + (forMs ?? Number.POSITIVE_INFINITY));
      const clashes = drawn.faults.flatMap((one, at) =>
        drawn.faults.slice(at + 1).filter((other) => excludes(one, other) && other.planned.atMs < endOf(one.planned)),
      );
      if (drawn.problems.length === 0) expect(clashes).toEqual([]);
    }),
  );
});
