/**
 * A cache as simple as it can be: it forgets nothing and judges an entry by scanning every event ever applied. Slow,
 * without bounds, and written without a look at `marks.ts`: what the two agree on was thought of twice.
 *
 * It leaves out the pruning of marks and the folding of patterns; runs stay below both.
 */
import type { EntryState } from '../../../protocol/edge-api.ts';
import type { InvalidationMode } from '../../../protocol/invalidation.ts';
import type { Application, ApplyOutcome, CachedVersion, CacheEntry, FillOutcome, Lookup, Mark, Position, Stamp } from '../cache.ts';

interface Happened {
  readonly mark: Mark;
  readonly clock: number;
}

interface Held {
  readonly key: string;
  readonly entry: CacheEntry;
  readonly clock: number;
}

const EVERYTHING: Mark = { type: 'all', target: '*', mode: 'hard' };

export class ReferenceCache {
  #life = '';
  #clock = 0;
  #happened: Happened[] = [];
  /** In the order of storing; at most one per key. */
  #held: Held[] = [];
  readonly positions = new Map<number, Position>();

  constructor(born: Stamp) {
    this.beginLife(born);
  }

  /** Where a new life's clock starts is the server's own affair: it is taken as seen. */
  beginLife({ clock, life }: Stamp): void {
    this.#life = life;
    this.#clock = clock;
    this.#happened = [{ mark: EVERYTHING, clock }];
    this.#held = [];
    this.positions.clear();
  }

  lookup(key: string, now: number): Lookup {
    const held = this.#find(key, now);
    const state = held === undefined ? 'absent' : this.#stateOf(held, now);
    const entry = held !== undefined && (state === 'fresh' || state === 'stale') ? held.entry : null;
    const touching = this.#happened.filter(({ mark }) => mark.type !== 'key' || mark.target === key);
    return { state, entry, clock: this.#clock, life: this.#life, fence: Math.max(...touching.map(({ clock }) => clock)) };
  }

  fill(key: string, entry: CacheEntry, { clock, life }: Stamp, now: number): FillOutcome {
    if (life !== this.#life) return 'other-life';
    const filled = { key, entry, clock };
    const againstIt = this.#happened.filter((event) => event.mark.mode === 'hard' && isAgainst(event, filled));
    if (againstIt.some(({ mark }) => isVersioned(mark))) return 'below-hard-minimum';
    const held = this.#find(key, now);
    if (held !== undefined && (held.entry.version > entry.version || (held.entry.version === entry.version && held.clock > clock))) {
      return 'newer-stored';
    }
    if (againstIt.length > 0) return 'hard-epoch';
    this.#held = [...this.#held.filter((other) => other.key !== key), filled];
    return 'stored';
  }

  apply({ mark, position, previous }: Application): ApplyOutcome {
    const applied = this.positions.get(position.partition)?.offset ?? -1;
    if (applied >= position.offset) return 'skipped';
    if (previous > applied) return 'gap';
    this.#happen(mark);
    this.positions.set(position.partition, position);
    return 'applied';
  }

  flush(): void {
    this.#happen(EVERYTHING);
  }

  forgetLog(): void {
    this.#happen(EVERYTHING);
    this.positions.clear();
  }

  raiseMinimum(target: string, version: number): void {
    this.#happen({ type: 'key', target, mode: 'hard', version });
  }

  versions(now: number): CachedVersion[] {
    const living = this.#held.filter(({ entry }) => entry.expiresAt > now);
    return living.map((held) => this.#rowOf(held, now)).toReversed();
  }

  #rowOf(held: Held, now: number): CachedVersion {
    const { version, freshUntil, content } = held.entry;
    return { key: held.key, version, state: this.#stateOf(held, now), freshUntil, isMissing: content === null };
  }

  #happen(mark: Mark): void {
    this.#clock += 1;
    this.#happened.push({ mark, clock: this.#clock });
  }

  #find(key: string, now: number): Held | undefined {
    return this.#held.find((held) => held.key === key && held.entry.expiresAt > now);
  }

  #stateOf(held: Held, now: number): EntryState {
    const isUnder = (mode: InvalidationMode) => this.#happened.some((event) => event.mark.mode === mode && isAgainst(event, held));
    if (isUnder('hard')) return 'invalid';
    if (!isUnder('soft') && held.entry.freshUntil > now) return 'fresh';
    return held.entry.content === null ? 'invalid' : 'stale';
  }
}

/**
 * A versioned event is against lower versions, whenever they were read; a purge against all that was read before it.
 */
function isAgainst({ mark, clock }: Happened, held: Held): boolean {
  if (isVersioned(mark)) return mark.target === held.key && held.entry.version < mark.version;
  return clock > held.clock && isInScope(mark, held);
}

/** Only a key has versions. */
function isVersioned(mark: Mark): mark is Mark & { readonly version: number } {
  return mark.type === 'key' && mark.version !== undefined;
}

function isInScope({ type, target }: Mark, { key, entry }: Held): boolean {
  if (type === 'all') return true;
  if (type === 'key') return target === key;
  if (type === 'tag') return entry.content?.tags.includes(target) ?? false;
  const source = target
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(key);
}
