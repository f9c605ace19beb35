/**
 * One region under a list of cache steps, and what must hold after each: the judge of the walk. It knows what the
 * events mean and nothing of how the cache does it.
 *
 *   hard: once the event of version n was applied hard, no lookup answers an entry with a version below n;
 *   soft: once it was applied soft, such an entry is never called fresh, and such a 404 is not answered at all;
 *   purge: once a purge of a tag was applied, no lookup answers an entry with that tag that was read from the origin
 *     before the purge was accepted (a soft purge: none such is called fresh);
 *   life: a fill begun in another life never stores;
 *   repeat: a record delivered again is skipped and changes no answer;
 *   end: when all is applied, one more fetch stores and reads as fresh, so nothing refuses for ever.
 */
import type { CacheEntry, FillOutcome, Lookup, Mark, Position, Stamp } from '../cache.ts';
import type { CacheStore } from '../store.ts';
import { answerOf, KEY } from './subject.ts';

/** What the origin said to a fetch, and whether it had accepted the purge by then. */
export interface Reading {
  readonly version: number;
  /** null: a 404. */
  readonly tags: readonly string[] | null;
  readonly afterPurge: boolean;
}

export interface Delivery {
  readonly mark: Mark;
  readonly position: Position;
  readonly previous: number;
}

export type CacheStep =
  | { readonly do: 'apply'; readonly delivery: Delivery }
  | { readonly do: 'look up'; readonly fill: number }
  | { readonly do: 'store'; readonly fill: number; readonly reading: Reading }
  | { readonly do: 'restart' };

export type CreateStore = (life: string) => CacheStore;

/** Nothing ages in the walk. */
const NOW = 1_000;
const BEFORE_PURGE = 'read before the purge';
const AFTER_PURGE = 'read after the purge';

export class Region {
  readonly #createStore: CreateStore;
  readonly #begun: (Stamp | undefined)[] = [];
  readonly #minimum = { hard: 0, soft: 0 };
  readonly #purges = new Set<Mark>();
  #lives = 1;
  #store: CacheStore;

  constructor(createStore: CreateStore) {
    this.#createStore = createStore;
    this.#store = createStore(`life ${this.#lives}`);
  }

  /** Takes a step; answers what went wrong in the step itself. */
  take(step: CacheStep): string | undefined {
    if (step.do === 'apply') return this.#applyTwice(step.delivery);
    if (step.do === 'store') return this.#fill(step.fill, step.reading);
    if (step.do === 'look up') this.#begun[step.fill] = this.#store.lookup(KEY, NOW);
    else {
      this.#lives += 1;
      this.#store = this.#createStore(`life ${this.#lives}`);
      this.#store.flush();
    }
    return undefined;
  }

  /** What is wrong with the answer a reader gets now. */
  judge(): string | undefined {
    const { state, entry } = this.#store.lookup(KEY, NOW);
    if (entry === null) return undefined;
    const { hard, soft } = this.#minimum;
    const answer = `${state} ${entry.content === null ? '404 ' : ''}v${entry.version}, ${entry.etag}`;
    if (entry.version < hard) return `hard: answers ${answer} after the hard apply of v${hard}`;
    if (entry.version < soft && state === 'fresh') return `soft: answers ${answer} after the soft apply of v${soft}`;
    if (entry.version < soft && entry.content === null) return `404: answers ${answer} after the apply of v${soft}`;
    const ignored = [...this.#purges].find(({ target, mode }) => coversOld(entry, target) && (mode === 'hard' || state === 'fresh'));
    return ignored && `purge: answers ${answer} after the ${ignored.mode} purge of tag ${ignored.target}`;
  }

  /** What is wrong when everything has been applied and one more fetch is made. */
  judgeEnd(reading: Reading): string | undefined {
    const outcome = this.#store.fill(KEY, entryOf(reading), this.#store.lookup(KEY, NOW), NOW);
    const { state, entry } = this.#store.lookup(KEY, NOW);
    if (outcome === 'stored' && state === 'fresh' && entry?.version === reading.version) return undefined;
    return `end: the last fetch is ${outcome} and reads as ${state} v${entry?.version}`;
  }

  /** All that is left of the steps before a restart: what was meant by them, and the fills then under way. */
  memory(): string {
    return JSON.stringify([this.#minimum, [...this.#purges], this.#begun.map((begun) => begun && [begun.life, begun.clock])]);
  }

  #fill(fill: number, reading: Reading): string | undefined {
    const begun = this.#begun[fill];
    if (begun === undefined) throw new Error('expected a lookup before the store, got none');
    this.#begun[fill] = undefined;
    const outcome: FillOutcome = this.#store.fill(KEY, entryOf(reading), begun, NOW);
    const isOtherLife = begun.life !== `life ${this.#lives}`;
    return isOtherLife && outcome !== 'other-life' ? `life: a fill of ${begun.life} is ${outcome} in life ${this.#lives}` : undefined;
  }

  #applyTwice(delivery: Delivery): string | undefined {
    const outcome = this.#store.apply(delivery, NOW);
    this.#intend(delivery.mark);
    const before = this.#store.lookup(KEY, NOW);
    const repeated = this.#store.apply(delivery, NOW);
    if (outcome !== 'applied' || repeated !== 'skipped') return `repeat: expected applied, then skipped, got ${outcome}, then ${repeated}`;
    return isSame(before, this.#store.lookup(KEY, NOW)) ? undefined : 'repeat: a skipped record changed the answer';
  }

  /** What the event means, whatever the cache makes of it. */
  #intend(mark: Mark): void {
    if (mark.version === undefined) this.#purges.add(mark);
    else this.#minimum[mark.mode] = Math.max(this.#minimum[mark.mode], mark.version);
  }
}

function entryOf({ version, tags, afterPurge }: Reading): CacheEntry {
  return { ...answerOf(version, tags, NOW), etag: afterPurge ? AFTER_PURGE : BEFORE_PURGE };
}

function coversOld(entry: CacheEntry, tag: string): boolean {
  return entry.etag === BEFORE_PURGE && (entry.content?.tags.includes(tag) ?? false);
}

function isSame(one: Lookup, other: Lookup): boolean {
  return one.state === other.state && one.entry?.version === other.entry?.version && one.clock === other.clock && one.fence === other.fence;
}
