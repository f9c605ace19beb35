/** The marks of a cache: what applied events leave, and what they say of an entry. */
import { type Event, type Mode, type PurgeEvent, type Scope, scopesOf, type VersionEvent } from './events.ts';
import type { Setting } from './sizes.ts';
import type { Cache, Entry, KeyMarks, ProtocolState } from './state.ts';

export type Judgement = 'invalid' | 'expired' | 'stale' | 'fresh';

/** The version that fences an answer; null where its clock does. */
export function orderOf({ rules }: Setting, { version, isMissing }: Pick<Entry, 'version' | 'isMissing'>): number | null {
  return isMissing && rules.missing === 'clock' ? null : version;
}

/** Whether an epoch covers what was fetched at that clock. */
export function isAbove({ rules }: Setting, epoch: number, clock: number): boolean {
  return rules.epochRefuses === 'above' ? epoch > clock : epoch >= clock && epoch > 0;
}

export function epochOf({ epochs }: Cache, mode: Mode, scope: Scope): number {
  return epochs[`${mode} ${scope}`]?.clock ?? 0;
}

/** The lowest version that any event of the key leaves, whatever its mode. */
export function minimumOf({ hard, soft }: KeyMarks): number {
  return Math.max(hard.version, soft.version);
}

export function judge(setting: Setting, { cache, edge }: ProtocolState, entry: Entry): Judgement {
  const { rules } = setting;
  const covering = new Set<Mode>(modesOfKeyMarks(setting, cache.keyMarks, entry));
  for (const scope of scopesOf(entry)) {
    for (const mode of ['hard', 'soft'] as const) if (isAbove(setting, epochOf(cache, mode, scope), entry.clock)) covering.add(mode);
  }
  if (covering.has('hard') || (rules.floor !== 'none' && entry.clock < cache.floor)) return 'invalid';
  if (covering.has('soft') && entry.isMissing && rules.staleMissing === 'never') return 'invalid';
  if (rules.remembers && entry.version < edge.remembered) return 'invalid';
  if (entry.age === 2) return 'expired';
  return covering.has('soft') || entry.age === 1 || edge.catchingUp !== null ? 'stale' : 'fresh';
}

/** The modes of the key's own marks that cover the entry. */
function modesOfKeyMarks(setting: Setting, marks: KeyMarks, entry: Entry): readonly Mode[] {
  const { keyMarks } = setting.rules;
  const order = orderOf(setting, entry);
  const isBefore = isAbove(setting, marks.lastClock, entry.clock);
  if (keyMarks === 'apart') {
    return (['hard', 'soft'] as const).filter((mode) => {
      const { version, clock } = marks[mode];
      return order === null ? isAbove(setting, clock, entry.clock) : order < version;
    });
  }
  if (keyMarks === 'single') return (order === null ? isBefore : order < minimumOf(marks)) ? [marks.lastMode] : [];
  if (keyMarks === 'conflated') return isBefore && (order === null || order < minimumOf(marks)) ? [marks.lastMode] : [];
  return [];
}

/**
 * The highest clock of any mark that could touch the key. Any tag counts: those of an answer are not known before it.
 */
export function fenceOf({ rules }: Pick<Setting, 'rules'>, { keyMarks, epochs, floor }: Cache): number {
  const ofKey = Math.max(keyMarks.lastClock, keyMarks.hard.clock, keyMarks.soft.clock);
  return Math.max(ofKey, rules.floor === 'kept' ? floor : 0, ...Object.values(epochs).map(({ clock }) => clock));
}

/** Raises the hard epoch of all. */
export function invalidateAll(state: ProtocolState, mode: Mode = 'hard'): void {
  state.cache.clock += 1;
  raise(state, mode, 'all');
}

/** The mode in which the region applies the event. */
export function modeOf({ rules }: Setting, { edge }: ProtocolState, event: Event): Mode {
  const isOwn = rules.mode === 'event';
  if (isOwn && event.kind === 'purge') return event.mode;
  if (isOwn && event.kind === 'version' && event.isDeletion) return 'hard';
  return edge.isLazy ? 'soft' : 'hard';
}

/** Leaves the marks of the event. */
export function leaveMarks(setting: Setting, state: ProtocolState, event: Event, mode: Mode): void {
  state.cache.clock += 1;
  if (event.kind === 'version') leaveVersion(setting, state, event, mode);
  if (event.kind === 'purge') leavePurge(setting, state, event, mode);
}

function leaveVersion({ rules }: Setting, state: ProtocolState, { version }: VersionEvent, mode: Mode): void {
  const { cache, time } = state;
  const { clock, keyMarks } = cache;
  keyMarks[mode] = { version: Math.max(keyMarks[mode].version, version), clock };
  Object.assign(keyMarks, { lastClock: clock, lastMode: mode, at: time });
  if (rules.keyMarks === 'clock' || rules.keyMarks === 'bump') raise(state, mode, 'key');
  const stays = cache.entry !== null && !cache.entry.isMissing && cache.entry.version >= version;
  if (rules.keyMarks === 'bump' && cache.entry !== null && stays) cache.entry = { ...cache.entry, clock };
}

function leavePurge({ rules }: Setting, state: ProtocolState, { scope }: PurgeEvent, mode: Mode): void {
  const isConflated = scope === 'key' && rules.keyMarks === 'conflated';
  if (isConflated) Object.assign(state.cache.keyMarks, { lastClock: state.cache.clock, lastMode: mode, at: state.time });
  else raise(state, mode, scope);
}

function raise({ cache, time }: ProtocolState, mode: Mode, scope: Scope): void {
  cache.epochs[`${mode} ${scope}`] = { clock: cache.clock, at: time };
}
