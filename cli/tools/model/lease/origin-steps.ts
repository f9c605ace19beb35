/** Time, and what is committed at the origin: each commit with its row of the outbox. */
import type { Setting } from './sizes.ts';
import type { LeaseState } from './state.ts';
import type { Steps } from './steps.ts';

export function addOriginSteps(steps: Steps, { sizes }: Setting): void {
  const { from } = steps;
  const isFetchDue = !sizes.mayPause && from.fetches.some(({ askedAt }) => from.time + 1 - askedAt > sizes.fetchTicksMax);
  if (from.time < sizes.end && !isFetchDue) {
    steps.add(`time ${from.time + 1}`, (state) => {
      state.time += 1;
      return undefined;
    });
  }
  steps.spend('writes', `v${from.version + 1} committed`, (state) => commitVersion(state, nextId(state)));
  steps.spend('purges', 'purge of all committed', (state) => {
    state.purgedAt.push(state.time);
    state.outbox.push({ id: nextId(state), kind: 'purge' });
    return undefined;
  });
  steps.spend('otherWrites', 'another key committed', (state) => {
    state.outbox.push({ id: nextId(state), kind: 'other' });
    return undefined;
  });
  if (from.openId === 0) {
    steps.spend('earlyTransactions', 'a transaction takes its outbox id', (state) => {
      state.openId = nextId(state);
      return undefined;
    });
  } else {
    steps.add(`that transaction commits v${from.version + 1}`, (state) => {
      commitVersion(state, state.openId);
      state.outbox.sort((left, right) => left.id - right.id);
      state.openId = 0;
      return undefined;
    });
  }
}

function nextId(state: LeaseState): number {
  state.rowsMade += 1;
  return state.rowsMade;
}

function commitVersion(state: LeaseState, id: number): undefined {
  state.version += 1;
  state.committedAt[state.version] = state.time;
  state.outbox.push({ id, kind: 'version', version: state.version });
}
