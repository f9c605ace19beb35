/** Reads, and the fetches that they began. */
import { fill } from './fill.ts';
import { answer, readerOf } from './judge.ts';
import { judge } from './marks.ts';
import { hasRoom, lookUp, read } from './reads.ts';
import type { Setting } from './sizes.ts';
import { type Fetch, type ProtocolState, readOrigin } from './state.ts';
import type { Steps } from './steps.ts';

export function addReadSteps(steps: Steps, setting: Setting): void {
  const { from } = steps;
  if (hasRoom(setting, from, lookUp(setting, from))) steps.spend('reads', 'GET', (state, violations) => read(setting, state, violations));
  for (const [index, fetch] of from.edge.fetches.entries()) addFetch(steps, setting, { index, fetch });
  steps.spend('readsThrough', 'GET while the cache does not answer', (state, violations) => {
    const said = readOrigin(state);
    if (setting.rules.remembers) state.edge.remembered = Math.max(state.edge.remembered, said.version);
    return answer(state, violations, { reader: readerOf(state), answer: said, label: 'fresh', source: 'origin' });
  });
}

/** The fetch as it is once it has read the origin. */
export function readByFetch(state: ProtocolState, fetch: Fetch): Fetch {
  const said = readOrigin(state);
  const isNotModified = fetch.kind === 'revalidation' && !said.isMissing && fetch.held === said.version;
  return { ...fetch, answer: { ...said, isNotModified } };
}

function addFetch(steps: Steps, setting: Setting, { index, fetch }: { readonly index: number; readonly fetch: Fetch }): void {
  const { answer: said, reader } = fetch;
  const name = `fetch ${index} of clock ${fetch.clock}`;
  if (said === null) {
    steps.add(`${name} reads the origin`, (state) => {
      state.edge.fetches[index] = readByFetch(state, fetch);
      return undefined;
    });
  } else {
    const what = said.isNotModified ? '304 for ' : said.isMissing ? '404 of ' : '';
    steps.add(`${name} returns ${what}v${said.version}`, (state, violations) => {
      state.edge.fetches.splice(index, 1);
      const filled = fill(setting, state, fetch);
      if (reader === null) return filled;
      return `${filled}; ${answer(state, violations, { reader, answer: said, label: 'fresh', source: 'origin' })}`;
    });
  }
  steps.spend('fetchFailures', `${name} fails`, (state, violations) => {
    state.edge.fetches.splice(index, 1);
    const copy = setting.rules.staleIfError === 'copy' ? fetch.copy : servable(setting, state);
    if (reader === null || copy === null) return undefined;
    return answer(state, violations, { reader, answer: copy, label: 'stale', source: 'stale-if-error' });
  });
}

function servable(setting: Setting, state: ProtocolState) {
  const { entry } = state.cache;
  return entry !== null && judge(setting, state, entry) !== 'invalid' ? entry : null;
}
