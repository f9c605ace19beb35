/** What is committed at the origin, each with its event in the outbox, and the relay that publishes the outbox. */
import { readOn } from './edge.ts';
import { type Event, partitionOf, partsOf } from './events.ts';
import type { Setting } from './sizes.ts';
import type { ProtocolState } from './state.ts';
import type { Steps } from './steps.ts';

export function addOriginSteps(steps: Steps, setting: Setting): void {
  const { origin, budget } = steps.from;
  const next = origin.version + 1;
  if (origin.version === 0) {
    steps.spend('creations', 'POST commits v1', (state) => commit(state, { isPublished: setting.rules.publishesCreation }));
  } else if (!origin.isDeleted) {
    steps.spend('writes', `PUT commits v${next}`, (state) => commit(state, {}));
    steps.spend('deletions', `DELETE commits v${next}`, (state) => commit(state, { isDeletion: true }));
  }
  steps.spend('otherWrites', 'PUT of another key', (state) => {
    state.outbox.push({ id: `other ${budget.otherWrites}`, kind: 'other' });
    return undefined;
  });
  for (const purge of setting.sizes.purges) {
    steps.spend('purges', `${purge} is purged`, (state) => {
      const [mode, scope] = partsOf(purge);
      state.outbox.push({ id: `purge ${budget.purges}`, kind: 'purge', mode, scope });
      return undefined;
    });
  }
  addRelay(steps);
}

function addRelay(steps: Steps): void {
  if (steps.from.outbox.length === 0) return;
  steps.add('relay publishes the outbox', (state) => {
    publish(state);
    state.outbox = [];
    return undefined;
  });
  steps.spend('repeats', 'relay publishes the outbox, and crashes before it marks it as sent', (state) => publish(state));
}

function commit(
  state: ProtocolState,
  { isDeletion = false, isPublished = true }: { readonly isDeletion?: boolean; readonly isPublished?: boolean },
): undefined {
  const version = state.origin.version + 1;
  state.origin = { version, isDeleted: isDeletion };
  const event: Event = { id: `v${version}`, kind: 'version', version, isDeletion };
  if (isPublished) state.outbox.push(event);
}

function publish(state: ProtocolState): undefined {
  for (const event of state.outbox) state.log[partitionOf(event)].push(event);
  readOn(state);
}
