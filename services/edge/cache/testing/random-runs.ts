/**
 * Random runs of a cache against the reference. Every answer of every step must be equal, and after each step also what
 * a reader of either key would get, the positions and the list of versions.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawSeed } from '../../../runtime/random.ts';
import type { Application, Mark, Stamp } from '../cache.ts';
import { ReferenceCache } from './reference.ts';
import { answerOf, type CacheUnderTest, forgetLog, KEY, LIFE_MS, OTHER_KEY, type WithCache } from './subject.ts';

const RUNS = 400;
const STEPS_MAX = 60;
/** Over a network each of some 50,000 calls is a round trip. */
const RUNS_TIMEOUT_MS = 180_000;
const VERSIONS_LISTED = 10;
const KEYS = [KEY, OTHER_KEY];

/**
 * Where a record stands against the stored offset: right after it, at it, past a missing one, past a hole of the log.
 */
const stand = fc.constantFrom('next', 'next', 'next', 'repeat', 'gap', 'hole');
type Stand = 'next' | 'repeat' | 'gap' | 'hole';

const key = fc.constantFrom(...KEYS);
const mode = fc.constantFrom('hard', 'soft');
const mark: fc.Arbitrary<Mark> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('key'), target: key, mode, version: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('key'), target: key, mode }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('tag'), target: fc.constantFrom('a', 'b'), mode }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('pattern'), target: fc.constantFrom('content:*', '*2', 'content:?', 'news*'), mode }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('all'), target: fc.constant('*'), mode }) },
  // No event says so, for nobody could tell what is meant: a version that no key has. Every cache takes it for a purge.
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('tag', 'pattern', 'all'),
      target: fc.constantFrom('a', 'content:*', '*'),
      mode,
      version: fc.integer({ min: 1, max: 5 }),
    }),
  },
);
const record = fc.record({ mark, stand, partition: fc.constantFrom(0, 1) });
/** Version 0 is a 404 for what was never created. */
const answered = fc.oneof(
  { weight: 4, arbitrary: fc.record({ version: fc.integer({ min: 1, max: 5 }), tags: fc.subarray(['a', 'b']) }) },
  { weight: 1, arbitrary: fc.record({ version: fc.integer({ min: 0, max: 5 }), tags: fc.constant(null) }) },
);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('lookup'), key }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('fill'), key, answered, lookupsAgo: fc.nat(4) }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('apply'), records: fc.array(record, { minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, 5_000, 10_000, LIFE_MS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('flush', 'forgetLog', 'restart') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('raise'), key, version: fc.integer({ min: 1, max: 5 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Runs a list of steps on the cache and on the reference side by side. */
class SideBySide {
  readonly #subject: CacheUnderTest;
  readonly #reference: ReferenceCache;
  /** Newest first: a fill takes the clock of any of them. */
  readonly #stamps: Stamp[];
  #records = 0;

  constructor(subject: CacheUnderTest, born: Stamp) {
    this.#subject = subject;
    this.#reference = new ReferenceCache(born);
    this.#stamps = [born];
  }

  async take(taken: Step): Promise<void> {
    const { cache, clock } = this.#subject;
    const now = clock.now();
    if (taken.do === 'wait') await clock.advance(taken.ms);
    else if (taken.do === 'lookup') this.#stamps.unshift(await cache.lookup(taken.key));
    else if (taken.do === 'fill') {
      const stamp = this.#stamps[taken.lookupsAgo % this.#stamps.length] ?? { clock: 0, life: '' };
      const entry = answerOf(taken.answered.version, taken.answered.tags, now);
      expect(await cache.fill(taken.key, entry, stamp)).toBe(this.#reference.fill(taken.key, entry, stamp, now));
    } else if (taken.do === 'apply') await this.#apply(taken.records);
    else if (taken.do === 'restart') {
      await this.#subject.restart();
      this.#reference.beginLife(await cache.lookup(KEY));
    } else if (taken.do === 'raise') {
      await cache.raiseMinimums(new Map([[taken.key, taken.version]]));
      this.#reference.raiseMinimum(taken.key, taken.version);
    } else if (taken.do === 'flush') {
      await cache.flush();
      this.#reference.flush();
    } else {
      await forgetLog(cache);
      this.#reference.forgetLog();
    }
  }

  async compare(): Promise<void> {
    const { cache, clock } = this.#subject;
    const now = clock.now();
    for (const each of KEYS) expect(await cache.lookup(each)).toEqual(this.#reference.lookup(each, now));
    expect((await cache.takeUp()).positions).toEqual(this.#reference.positions);
    expect(await cache.versions(VERSIONS_LISTED)).toEqual(this.#reference.versions(now));
  }

  async #apply(records: readonly { mark: Mark; stand: Stand; partition: number }[]): Promise<void> {
    const batch: Application[] = [];
    const outcomes = records.map((each) => {
      const application = this.#place(each);
      batch.push(application);
      return this.#reference.apply(application);
    });
    expect(await this.#subject.cache.apply(batch)).toEqual(outcomes);
  }

  #place({ mark: placed, stand: where, partition }: { mark: Mark; stand: Stand; partition: number }): Application {
    const applied = this.#reference.positions.get(partition)?.offset ?? -1;
    const offset = applied + { next: 1, repeat: 0, gap: 2, hole: 3 }[where];
    const previous = { next: applied, repeat: applied - 1, gap: applied + 1, hole: applied }[where];
    this.#records += 1;
    return { mark: placed, position: { partition, offset, id: `event-${this.#records}`, time: this.#records }, previous };
  }
}

/** Runs the comparison and answers what fast-check found; the caller decides whether a difference is good or bad. */
export function compareWithReference(withCache: WithCache, seed: number): Promise<fc.RunDetails<[Step[]]>> {
  const property = fc.asyncProperty(fc.array(step, { maxLength: STEPS_MAX, size: 'max' }), (steps) =>
    withCache(async (subject) => {
      const run = new SideBySide(subject, await subject.cache.lookup(KEY));
      for (const taken of steps) {
        await run.take(taken);
        await run.compare();
      }
    }),
  );
  return fc.check(property, { seed, numRuns: RUNS });
}

/** `CACHE_SEED=n` runs the same runs again. */
export function seedOfRun(): number {
  return Number(process.env['CACHE_SEED'] ?? drawSeed());
}

export function describeReference(withCache: WithCache): void {
  const seed = seedOfRun();
  it(
    `${RUNS} random runs agree with the reference (CACHE_SEED=${seed})`,
    async () => {
      const details = await compareWithReference(withCache, seed);
      if (details.failed) throw new Error(await fc.asyncDefaultReportMessage(details), { cause: details.errorInstance });
    },
    RUNS_TIMEOUT_MS,
  );
}
