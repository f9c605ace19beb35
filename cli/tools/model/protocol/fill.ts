/** The fill of the cache with what a fetch brought, and what refuses it. */
import { scopesOf } from './events.ts';
import { epochOf, isAbove, minimumOf, orderOf } from './marks.ts';
import type { Setting } from './sizes.ts';
import type { Cache, Entry, Fetch, ProtocolState } from './state.ts';

/** Stores the answer of the fetch, unless a rule refuses it. Answers what became of it. */
export function fill(setting: Setting, state: ProtocolState, { clock, life, answer }: Fetch): string {
  const { cache, time } = state;
  if (answer === null) return 'nothing';
  const { isNotModified, ...said } = answer;
  if (isNotModified && setting.rules.notModified === 'touch') {
    if (cache.entry === null) return 'gone';
    cache.entry = { ...cache.entry, age: 0, clock: cache.clock, purgesBefore: said.purgesBefore };
    return 'touched';
  }
  const entry: Entry = { ...said, clock, age: 0, storedAt: time };
  const refusal = setting.rules.fence ? refusalOf(setting, cache, { entry, life }) : null;
  if (refusal !== null) return refusal;
  cache.entry = entry;
  return 'stored';
}

function refusalOf(setting: Setting, cache: Cache, { entry, life }: { readonly entry: Entry; readonly life: number }): string | null {
  const { rules } = setting;
  if (rules.life && life !== cache.life) return 'other life';
  if (rules.floor !== 'none' && entry.clock < cache.floor) return 'below floor';
  if (isRefusedByKey(setting, cache, entry)) return 'below hard minimum';
  if (isNewerStored(setting, cache, entry)) return 'newer stored';
  const isPurged = scopesOf(entry).some((scope) => isAbove(setting, epochOf(cache, 'hard', scope), entry.clock));
  return isPurged ? 'hard epoch' : null;
}

/** What is ordered by its clock is refused under a soft mark, too: it cannot be told whether it is older. */
function isRefusedByKey(setting: Setting, { keyMarks }: Cache, entry: Entry): boolean {
  const order = orderOf(setting, entry);
  if (setting.rules.keyMarks === 'apart') {
    if (order !== null) return order < keyMarks.hard.version;
    return [keyMarks.hard, keyMarks.soft].some(({ clock }) => isAbove(setting, clock, entry.clock));
  }
  if (order !== null) return order < minimumOf(keyMarks) && keyMarks.lastMode === 'hard';
  return isAbove(setting, keyMarks.lastClock, entry.clock);
}

function isNewerStored(setting: Setting, { entry: stored }: Cache, entry: Entry): boolean {
  const known = stored === null ? null : orderOf(setting, stored);
  const order = orderOf(setting, entry);
  if (stored === null || known === null || order === null) return false;
  return known > order || (known === order && stored.clock > entry.clock);
}
