/**
 * What a region's cache holds, and its atomic steps, as one synchronous object: the server side of the cache in memory
 * and the reference for every other adapter. An edge may come and go; the store stays.
 */
import type { EntryState } from '../../protocol/edge-api.ts';
import { Beats } from './beats.ts';
import type {
  Application,
  ApplyOutcome,
  CacheBounds,
  CachedVersion,
  CacheEntry,
  FillOutcome,
  Lookup,
  Passage,
  Position,
  Stamp,
  TakenUp,
} from './cache.ts';
import { type Judged, Marks } from './marks.ts';

const ENTRIES_MAX = 200_000;
/** How many of the newest can be listed, as in Redis: to list them all would copy them all, each second. */
const LISTED_MAX = 10_000;
/** No position yet: offsets start at 0. */
const NOTHING_APPLIED = -1;

interface StoredEntry {
  readonly entry: CacheEntry;
  readonly clock: number;
}

export interface StoreOptions extends CacheBounds {
  /** A random id: clocks of another life mean nothing. */
  readonly life: string;
}

export class CacheStore {
  readonly life: string;
  readonly #bounds: CacheBounds;
  readonly #entries = new Map<string, StoredEntry>();
  /** The keys filled last, oldest first. */
  #newest = new Set<string>();
  #marks: Marks;
  readonly #positions = new Map<number, Position>();
  /** How many logs were forgotten. */
  #forgotten = 0;
  #beats = new Beats();

  constructor({ life, ...bounds }: StoreOptions) {
    this.life = life;
    this.#bounds = bounds;
    this.#marks = new Marks(bounds.marksMax);
  }

  /**
   * As a snapshot is taken: what changes from now on does not change it. `life`: the copy's own. Left out: the same.
   */
  copy(life = this.life): CacheStore {
    const copy = new CacheStore({ life, ...this.#bounds });
    for (const [key, stored] of this.#entries) copy.#entries.set(key, stored);
    for (const [partition, position] of this.#positions) copy.#positions.set(partition, position);
    copy.#forgotten = this.#forgotten;
    copy.#newest = new Set(this.#newest);
    copy.#marks = this.#marks.copy();
    copy.#beats = this.#beats.copy();
    return copy;
  }

  /**
   * Drops a share of the entries, those stored first; answers how many. Marks and positions stay, as under a policy
   * that evicts what has a TTL.
   */
  evict(share: number): number {
    const evicted = [...this.#entries.keys()].slice(0, Math.ceil(this.#entries.size * share));
    for (const key of evicted) {
      this.#entries.delete(key);
      this.#newest.delete(key);
    }
    return evicted.length;
  }

  lookup(key: string, now: number): Lookup {
    const stored = this.#stored(key, now);
    const state = stored === undefined ? 'absent' : this.#stateOf(key, stored, now);
    const servable = state === 'fresh' || state === 'stale';
    return {
      state,
      entry: servable && stored !== undefined ? stored.entry : null,
      clock: this.#marks.clock,
      life: this.life,
      fence: this.#marks.fence(key),
      beat: this.#beats.lowest,
    };
  }

  fill(key: string, entry: CacheEntry, { clock, life }: Stamp, now: number): FillOutcome {
    if (life !== this.life) return 'other-life';
    if (clock < this.#marks.floor) return 'below-floor';
    if (entry.version < this.#marks.hardMinimum(key)) return 'below-hard-minimum';
    const stored = this.#stored(key, now);
    if (stored !== undefined && isNewer(stored, { version: entry.version, clock })) return 'newer-stored';
    if (this.#marks.hasHardEpochAbove(key, clock, tagsOf(entry))) return 'hard-epoch';
    this.#entries.delete(key);
    this.#entries.set(key, { entry, clock });
    this.#list(key);
    this.#evict();
    return 'stored';
  }

  apply({ mark, ...record }: Application, now: number): ApplyOutcome {
    const { position } = record;
    const outcome = this.#follow(record);
    if (outcome !== 'applied') return outcome;
    this.#marks.add(mark, now);
    this.#positions.set(position.partition, position);
    this.#marks.prune(now - this.#bounds.markRetentionMs);
    return 'applied';
  }

  pass({ beat, ...record }: Passage): ApplyOutcome {
    const { position } = record;
    const outcome = this.#follow(record);
    if (outcome !== 'applied') return outcome;
    this.#positions.set(position.partition, position);
    if (beat !== undefined) this.#beats.add(position.partition, beat);
    return 'applied';
  }

  confirmBeats(times: ReadonlyMap<number, number>): number | undefined {
    this.#beats.confirm(times);
    return this.#beats.lowest;
  }

  takeUp(): TakenUp {
    return { generation: this.#generation, positions: new Map(this.#positions) };
  }

  forgetLog(generation: string): string | undefined {
    if (generation !== this.#generation) return undefined;
    this.#forgotten += 1;
    this.#marks.raiseAll();
    this.#positions.clear();
    this.#beats.clear();
    return this.#generation;
  }

  raiseMinimums(versions: ReadonlyMap<string, number>, now: number): void {
    for (const [target, version] of versions) this.#marks.add({ type: 'key', target, mode: 'hard', version }, now);
    this.#marks.prune(now - this.#bounds.markRetentionMs);
  }

  flush(): void {
    this.#marks.raiseAll();
  }

  versions(limit: number, now: number): CachedVersion[] {
    const rows: CachedVersion[] = [];
    for (const key of [...this.#newest].reverse()) {
      if (rows.length >= limit) break;
      const stored = this.#entries.get(key);
      if (stored !== undefined && now < stored.entry.expiresAt)
        rows.push({
          key,
          version: stored.entry.version,
          state: this.#stateOf(key, stored, now),
          freshUntil: stored.entry.freshUntil,
          isMissing: stored.entry.content === null,
        });
    }
    return rows;
  }

  get #generation(): string {
    return `${this.life}/${this.#forgotten}`;
  }

  /** Whether the record is the next one. */
  #follow({ position, previous, generation = this.#generation }: Omit<Application, 'mark'>): ApplyOutcome {
    if (generation !== this.#generation) return 'other-log';
    const applied = this.#positions.get(position.partition)?.offset ?? NOTHING_APPLIED;
    if (position.offset <= applied) return 'skipped';
    if (applied < previous) return 'gap';
    return 'applied';
  }

  /** An entry past its life is gone, as under a TTL. */
  #stored(key: string, now: number): StoredEntry | undefined {
    const stored = this.#entries.get(key);
    if (stored === undefined || now < stored.entry.expiresAt) return stored;
    this.#entries.delete(key);
    this.#newest.delete(key);
    return undefined;
  }

  #stateOf(key: string, stored: StoredEntry, now: number): EntryState {
    const judged: Judged = { version: stored.entry.version, clock: stored.clock, tags: tagsOf(stored.entry) };
    const validity = this.#marks.judge(key, judged);
    if (validity === 'hard') return 'invalid';
    if (validity === 'valid' && now < stored.entry.freshUntil) return 'fresh';
    // A 404 is never stale: an old "not there" must not outlive the event that created the content.
    return stored.entry.content === null ? 'invalid' : 'stale';
  }

  /**
   * Twice as many before the older half is dropped: dropping one at a time would look for the first among what was
   * deleted.
   */
  #list(key: string): void {
    this.#newest.delete(key);
    this.#newest.add(key);
    if (this.#newest.size >= 2 * LISTED_MAX) this.#newest = new Set([...this.#newest].slice(-LISTED_MAX));
  }

  #evict(): void {
    if (this.#entries.size <= ENTRIES_MAX) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

function tagsOf(entry: CacheEntry): readonly string[] {
  return entry.content?.tags ?? [];
}

/** A higher version, or the same read at a later clock, is not overwritten. */
function isNewer(stored: StoredEntry, filled: { readonly version: number; readonly clock: number }): boolean {
  if (stored.entry.version !== filled.version) return stored.entry.version > filled.version;
  return stored.clock > filled.clock;
}
