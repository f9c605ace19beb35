/** Random plans for the model of `model-test-support.ts`: what is written, purged, read and broken, and when. */
import fc from 'fast-check';
import { REGIONS } from './history.ts';

export const KEYS = ['content:7', 'content:8'] as const;
/** Reads and writes begin before this; what they lead to is over long before HORIZON_MS. */
const LOADED_MS = 8_000;
export const HORIZON_MS = 30_000;
export const SETTLE_MS = 2_000;
/** By how much a region may be later than its delay. */
const LATE_MS_MAX = 140;
/** Half of what a deadline allows: a revalidation that began too early is repeated by the edge that made it. */
export const FETCH_MS_MAX = 900;

export type Region = (typeof REGIONS)[number];

/**
 * Which faults are on the path of a read labelled fresh in eu-west: said here once more, so as not to believe the code.
 */
const TARGETS = [
  ['kill', 'origin', true],
  ['pause', 'postgres', true],
  ['partition', 'origin<->kafka', true],
  ['partition', 'edge:eu-west<->kafka', true],
  ['isolate', 'edge:eu-west', true],
  ['pause', 'redis:eu-west', true],
  ['latency', 'edge:eu-west<->origin', false],
  ['flush', 'redis:eu-west', false],
  ['strategy', 'edge:eu-west', false],
] as const;

const time = fc.nat(LOADED_MS);
const region = fc.constantFrom(...REGIONS);
const key = fc.constantFrom(...KEYS);

export const plans = fc.record({
  lateMs: fc.nat(LATE_MS_MAX),
  lazy: fc.uniqueArray(region),
  delays: fc.array(fc.record({ region, atMs: time, delayMs: fc.constantFrom(0, 50, 600) }), { maxLength: 3 }),
  faults: fc.array(fc.record({ what: fc.constantFrom(...TARGETS), fromMs: time, lastsMs: fc.nat(4_000), allowanceMs: fc.nat(1_000) }), {
    maxLength: 3,
  }),
  /** One after another for each key; a lost answer ends the key's writes, and it commits when it likes, or never. */
  writes: fc.array(
    fc.record({
      key,
      gapMs: fc.nat(1_500),
      takesMs: fc.integer({ min: 1, max: 200 }),
      commitShare: fc.double({ min: 0, max: 1, noNaN: true }),
      isDelete: fc.constantFrom(true, ...Array.from({ length: 7 }, () => false)),
      lost: fc.constantFrom(...Array.from({ length: 18 }, () => undefined), 'never' as const, 'late' as const),
    }),
    { minLength: 6, maxLength: 16 },
  ),
  purges: fc.array(
    fc.record({
      type: fc.constantFrom('key', 'all'),
      key,
      mode: fc.constantFrom('hard', 'soft'),
      startMs: time,
      takesMs: fc.integer({ min: 1, max: 200 }),
      commitShare: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 4 },
  ),
  reads: fc.array(
    fc.record({
      region,
      key,
      startMs: time,
      takesMs: fc.nat(40),
      lookupShare: fc.double({ min: 0, max: 1, noNaN: true }),
      fetchMs: fc.nat(FETCH_MS_MAX),
      askedShare: fc.double({ min: 0, max: 1, noNaN: true }),
      /** While its edge is broken. */
      fails: fc.boolean(),
    }),
    { minLength: 30, maxLength: 80 },
  ),
});
export type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;
export type Key = (typeof KEYS)[number];
export type PlannedRead = Plan['reads'][number];
