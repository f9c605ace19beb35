/**
 * Random walks of two edges with hot entries on one cache, whose calls resolve in any order, or never. Whatever an edge
 * is answered must be, to the last field, what the cache itself would have answered at some moment that is not older
 * than HOT_MS, nor than the last change that this edge has made itself, nor than another life that it was told of, nor
 * than the spell of being up to date that it is in.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawSeed } from '../../runtime/random.ts';
import type { Lookup } from './cache.ts';
import { HOT_MS, type HotEdge, HotRegion } from './testing/hot-region.ts';
import { answerOf, KEY, OTHER_KEY, purged, recordAt, written } from './testing/subject.ts';

const RUNS = 1_500;
const STEPS_MAX = 40;
const RUNS_TIMEOUT_MS = 180_000;
const MARKS = [written(2), written(3, 'soft'), written(1, 'hard', OTHER_KEY), purged('tag', 'a'), purged('key', KEY, 'soft')] as const;

const at = fc.constantFrom(0, 1);
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constantFrom('read', 'read other'), at }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('resolve', 'resolve last'), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail'), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('apply'), at, mark: fc.constantFrom(...MARKS) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fill'), at, version: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('flush', 'raise', 'forget', 'beat', 'restart', 'tell', 'spell', 'catch up'), at }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, HOT_MS / 2, HOT_MS) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What the cache itself would have answered, from when on. */
interface Moment {
  readonly answer: string;
  readonly fromMs: number;
}

class Walk {
  readonly #region = new HotRegion();
  readonly #moments: Moment[] = [];
  /** Of each edge the moment from which on it may be answered. */
  readonly #notBefore = [0, 0];
  readonly #ends: Promise<void>[] = [];
  readonly #wrong: unknown[] = [];
  #offset = -1;
  #beats = -1;
  #spells = 1;

  async run(steps: readonly Step[]): Promise<void> {
    for (const edge of this.#region.edges) edge.wire.isHeld = true;
    this.#look();
    for (const taken of steps) {
      await this.#take(taken);
      this.#look();
    }
    for (const edge of this.#region.edges) while (edge.wire.underWay.length > 0) await edge.wire.resolve();
    await Promise.all(this.#ends);
    for (const error of this.#wrong) throw error;
  }

  async #take(taken: Step): Promise<void> {
    if (taken.do === 'wait') return this.#region.clock.advance(taken.ms);
    const edge = this.#region.edges[taken.at as 0 | 1];
    const { length } = edge.wire.underWay;
    if (taken.do === 'read') this.#read(edge, taken.at);
    else if (taken.do === 'read other') this.#ends.push(ended(edge.cache.lookup(OTHER_KEY)));
    else if (taken.do === 'resolve') await (length > 0 && edge.wire.resolve());
    else if (taken.do === 'resolve last') await (length > 0 && edge.wire.resolve(length - 1));
    else if (taken.do === 'fail') await (length > 0 && edge.wire.fail());
    else if (taken.do === 'restart') this.#region.server.restart();
    else if (taken.do === 'tell') {
      edge.wire.tellNewLife();
      this.#notBefore[taken.at] = this.#now;
    } else if (taken.do === 'spell' || taken.do === 'catch up') {
      this.#spells += 1;
      edge.spell = taken.do === 'spell' ? this.#spells : undefined;
      this.#notBefore[taken.at] = Math.max(this.#notBefore[taken.at] ?? 0, edge.spell === undefined ? 0 : this.#now);
    } else this.#change(edge, taken);
  }

  /** The change has its effect at once. When it ends, well or not, its edge has to know of it. */
  #change({ cache }: HotEdge, taken: Exclude<Step, { do: 'wait' }>): void {
    const { store, clock } = this.#region.server;
    const changed = () => {
      if (taken.do === 'apply') {
        this.#offset += 1;
        return cache.apply([recordAt(taken.mark, this.#offset, { partition: 1, previous: -1 })]);
      }
      if (taken.do === 'fill') return cache.fill(KEY, answerOf(taken.version, ['a'], clock.now()), store.lookup(KEY, clock.now()));
      if (taken.do === 'flush') return cache.flush();
      if (taken.do === 'raise') return cache.raiseMinimums(new Map([[KEY, 2]]));
      if (taken.do === 'forget') return cache.forgetLog(store.takeUp().generation);
      this.#beats += 1;
      const { position } = recordAt(MARKS[0], this.#beats);
      store.pass({ position, previous: -1, beat: { time: this.#beats, partitions: 1 } });
      store.confirmBeats(new Map([[0, this.#beats]]));
      return Promise.resolve();
    };
    const end = ended(changed());
    this.#look();
    const effect = this.#now;
    this.#ends.push(
      end.then(() => {
        this.#notBefore[taken.at] = Math.max(this.#notBefore[taken.at] ?? 0, taken.do === 'beat' ? 0 : effect);
      }),
    );
  }

  #read({ cache }: HotEdge, at: number): void {
    const [begunMs, notBefore] = [this.#region.clock.monotonicMs(), this.#notBefore[at] ?? 0];
    const looked = cache.lookup(KEY);
    const judged = looked.then((found) => {
      // Those that ended before the oldest that it may be of do not count.
      const allowed = this.#moments.filter((_, place) => place >= notBefore && this.#endOf(place) >= begunMs - HOT_MS);
      try {
        expect(allowed.map(({ answer }) => answer)).toContain(toText(found));
      } catch (error) {
        this.#wrong.push(error);
      }
    });
    this.#ends.push(ended(judged));
  }

  get #now(): number {
    return this.#moments.length - 1;
  }

  #endOf(place: number): number {
    return this.#moments[place + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
  }

  #look(): void {
    const answer = toText(this.#region.now());
    if (this.#moments.at(-1)?.answer !== answer) this.#moments.push({ answer, fromMs: this.#region.clock.monotonicMs() });
  }
}

function toText({ state, entry, clock, life, fence, beat }: Lookup): string {
  return JSON.stringify([state, entry, clock, life, fence, beat]);
}

function ended(call: Promise<unknown>): Promise<void> {
  return call.then(
    () => {},
    () => {},
  );
}

const seed = Number(process.env['CACHE_SEED'] ?? drawSeed());

it(
  `${RUNS} random walks of two edges are answered nothing older than they may be (CACHE_SEED=${seed})`,
  async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: STEPS_MAX, size: 'max' }), (steps) => new Walk().run(steps));
    const details = await fc.check(property, { seed, numRuns: RUNS });
    if (details.failed) throw new Error(await fc.asyncDefaultReportMessage(details), { cause: details.errorInstance });
  },
  RUNS_TIMEOUT_MS,
);
