/** What a read does: it answers from the cache, joins a fetch, or begins one. */
import { answer, readerOf } from './judge.ts';
import { fenceOf, type Judgement, judge } from './marks.ts';
import type { Setting } from './sizes.ts';
import type { Entry, Fetch, ProtocolState } from './state.ts';

export interface Lookup {
  readonly entry: Entry | null;
  readonly found: Judgement | 'absent';
  /** The fetch that the read needs, if any. */
  readonly needs: Fetch['kind'] | null;
  /** The fetch under way that it may join; -1 is none. */
  readonly joined: number;
}

export function lookUp(setting: Setting, state: ProtocolState): Lookup {
  const { entry } = state.cache;
  const found = entry === null ? 'absent' : judge(setting, state, entry);
  if (found === 'fresh') return { entry, found, needs: null, joined: -1 };
  const needs = found === 'stale' ? 'revalidation' : 'miss';
  return { entry, found, needs, joined: findFetch(setting, state, needs) };
}

/** Whether there is room for the fetch that the lookup needs. */
export function hasRoom({ sizes }: Setting, { edge }: ProtocolState, { needs, joined }: Lookup): boolean {
  return needs === null || joined >= 0 || edge.fetches.length < sizes.fetchesAtOnceMax;
}

/** Answers what the read found and did. */
export function read(setting: Setting, state: ProtocolState, violations: string[]): string {
  const { entry, found, needs, joined } = lookUp(setting, state);
  const reader = readerOf(state);
  const { fetches } = state.edge;
  if (entry !== null && (found === 'fresh' || found === 'stale')) {
    if (needs !== null && joined < 0) fetches.push(beginFetch(state, { kind: needs, held: entry.isMissing ? 0 : entry.version }));
    return answer(state, violations, { reader, answer: entry, label: found, source: 'cache' });
  }
  const fetch = fetches[joined];
  if (fetch !== undefined) {
    fetches[joined] = { ...fetch, reader };
    return `${found}, joins fetch ${joined}`;
  }
  fetches.push(beginFetch(state, { kind: 'miss', held: 0, reader, copy: found === 'expired' ? entry : null }));
  return found;
}

function beginFetch({ cache, time }: ProtocolState, begun: Pick<Fetch, 'kind' | 'held'> & Partial<Fetch>): Fetch {
  return { clock: cache.clock, life: cache.life, isForgotten: false, reader: null, copy: null, answer: null, beganAt: time, ...begun };
}

/** The latest fetch of the kind that a reader may join. */
function findFetch({ rules }: Setting, { cache, edge }: ProtocolState, kind: Fetch['kind']): number {
  return edge.fetches.findLastIndex((fetch) => {
    if (fetch.kind !== kind) return false;
    if (rules.join === 'forget') return !fetch.isForgotten;
    return fetch.clock >= fenceOf({ rules }, cache) && (!rules.life || fetch.life === cache.life);
  });
}
