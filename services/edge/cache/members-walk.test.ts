/**
 * Every interleaving of two edges on one cache while the log is made anew: v2 is written to the old log, v3 and another
 * key to the new one, each edge applies what it reads, notices at any time that the log is another one, or is
 * restarted; a fetch may come in between. In the end what is cached must be what the origin has, or not be served.
 */
import { describe, expect, it } from 'vitest';
import type { Stamp } from './cache.ts';
import { CacheStore } from './store.ts';
import { answerOf, KEY, OTHER_KEY, written } from './testing/subject.ts';

const NOW = 1_000;
const MEMBERS = 2;
const OTHER = 0;

interface Member {
  /** The log that it reads, and the place of the next record. */
  readonly log: number;
  readonly next: number;
  readonly generation: string;
}

interface State {
  readonly store: CacheStore;
  readonly version: number;
  /** Per log the versions written to it; 0 stands for a write of another key. */
  readonly logs: readonly (readonly number[])[];
  readonly members: readonly Member[];
  readonly fetches: number;
  readonly fetch: { readonly stamp: Stamp; readonly version: number } | undefined;
  readonly restarts: number;
}

interface Rules {
  /** Each record names the generation that its reader took up. */
  readonly namesGeneration: boolean;
}

type Step = readonly [title: string, state: State];

function nameOf(log: number, offset: number): string {
  return `${log}@${offset}`;
}

/**
 * As an edge takes up: from the stored position, if the record there is the one of its log; else the log is forgotten.
 */
function takenUp(store: CacheStore, log: number): Member {
  const { generation, positions } = store.takeUp();
  const position = positions.get(0);
  if (position === undefined) return { log, next: 0, generation };
  if (position.id === nameOf(log, position.offset)) return { log, next: position.offset + 1, generation };
  return { log, next: 0, generation: store.forgetLog(generation) ?? '' };
}

function begin(): State {
  const store = new CacheStore({ life: 'one', markRetentionMs: 1_000_000 });
  const { generation } = store.takeUp();
  const members = Array.from({ length: MEMBERS }, () => ({ log: 0, next: 0, generation }));
  const stamp = store.lookup(KEY, NOW);
  store.fill(KEY, answerOf(1, ['a'], NOW), stamp, NOW);
  return { store, version: 1, logs: [[]], members, fetches: 1, fetch: undefined, restarts: 1 };
}

/** What an edge does next. */
function memberSteps(state: State, at: number, { namesGeneration }: Rules): Step[] {
  const member = state.members[at];
  if (member === undefined) return [];
  const steps: Step[] = [];
  const withMember = (store: CacheStore, changed: Member, more: Partial<State> = {}): State => ({
    ...state,
    ...more,
    store,
    members: state.members.with(at, changed),
  });
  const version = state.logs[member.log]?.[member.next];
  if (version !== undefined) {
    const store = state.store.copy();
    const position = { partition: 0, offset: member.next, id: nameOf(member.log, member.next), time: NOW };
    const record = { mark: version === OTHER ? written(1, 'hard', OTHER_KEY) : written(version), position, previous: member.next - 1 };
    const outcome = store.apply(namesGeneration ? { ...record, generation: member.generation } : record, NOW);
    const isTaken = outcome === 'applied' || outcome === 'skipped';
    // An edge that has to take up again asks the log first, and finds another one, if it is one.
    const changed = isTaken ? { ...member, next: member.next + 1 } : takenUp(store, state.logs.length - 1);
    steps.push([`m${at} applies ${nameOf(member.log, member.next)}: ${outcome}`, withMember(store, changed)]);
  }
  if (member.log < state.logs.length - 1) {
    const store = state.store.copy();
    store.forgetLog(member.generation);
    steps.push([`m${at} notices another log`, withMember(store, takenUp(store, state.logs.length - 1))]);
  }
  if (state.restarts > 0) {
    const store = state.store.copy();
    const changed = takenUp(store, state.logs.length - 1);
    steps.push([`m${at} starts again`, withMember(store, changed, { restarts: state.restarts - 1 })]);
  }
  return steps;
}

function stepsFrom(state: State, rules: Rules): Step[] {
  const { version, logs, store, fetch, fetches } = state;
  const steps = state.members.flatMap((_, at) => memberSteps(state, at, rules));
  const last = logs.length - 1;
  if (version < 3 && version - 1 === last) {
    const written = logs.with(last, [...(logs[last] ?? []), version + 1]);
    steps.push([`v${version + 1} is written to log ${last}`, { ...state, version: version + 1, logs: written }]);
  }
  if (version === 3 && !(logs[last] ?? []).includes(OTHER))
    steps.push(['another key is written', { ...state, logs: logs.with(last, [...(logs[last] ?? []), OTHER]) }]);
  if (logs.length === 1 && version === 2) steps.push(['the log is made anew', { ...state, logs: [...logs, []] }]);
  if (fetches > 0 && fetch === undefined)
    steps.push([`v${version} is fetched`, { ...state, fetches: fetches - 1, fetch: { stamp: store.lookup(KEY, NOW), version } }]);
  if (fetch !== undefined) {
    const filled = store.copy();
    const outcome = filled.fill(KEY, answerOf(fetch.version, ['a'], NOW), fetch.stamp, NOW);
    steps.push([`v${fetch.version} is filled: ${outcome}`, { ...state, store: filled, fetch: undefined }]);
  }
  return steps;
}

/** Everything was read of the log in force by whoever reads it. */
function isQuiet({ version, logs, members, fetch }: State): boolean {
  const last = logs.length - 1;
  return (
    version === 3 &&
    (logs[last] ?? []).includes(OTHER) &&
    fetch === undefined &&
    members.every(({ log, next }) => log === last && next === logs[last]?.length)
  );
}

function keyOf({ store, version, logs, members, fetches, fetch, restarts }: State): string {
  const cached = [store.lookup(KEY, NOW), [...store.takeUp().positions.values()], store.takeUp().generation];
  return JSON.stringify([cached, version, logs, members, fetches, fetch, restarts]);
}

/** Breadth first, so that what is found is a shortest trace. */
function search(rules: Rules): { readonly states: number; readonly quiet: number; readonly trace: readonly string[] | undefined } {
  const first = begin();
  const seen = new Set([keyOf(first)]);
  let quiet = 0;
  let level: (readonly [State, readonly string[]])[] = [[first, []]];
  while (level.length > 0) {
    const next: (readonly [State, readonly string[]])[] = [];
    for (const [state, trace] of level) {
      for (const [title, after] of stepsFrom(state, rules)) {
        const key = keyOf(after);
        if (seen.has(key)) continue;
        seen.add(key);
        if (isQuiet(after)) {
          quiet += 1;
          const found = after.store.lookup(KEY, NOW);
          if (found.entry !== null && found.entry.version < after.version) return { states: seen.size, quiet, trace: [...trace, title] };
        }
        next.push([after, [...trace, title]]);
      }
    }
    level = next;
  }
  return { states: seen.size, quiet, trace: undefined };
}

describe('two edges on one cache, while the log is made anew', () => {
  it('never end with an older version than the origin has', () => {
    const { states, quiet, trace } = search({ namesGeneration: true });
    expect(trace).toBeUndefined();
    expect(states).toBeGreaterThan(800);
    expect(quiet).toBeGreaterThan(10);
  });

  it('do, where a record does not name the log that it was read from', () => {
    const trace = search({ namesGeneration: false }).trace ?? [];
    expect(trace.map((step) => step.replace(/^m\d/, 'one'))).toContain('one applies 0@0: applied');
  });
});
