/** What the edge does with its queues, and what is done to them. */
import { PARTITIONS, type Partition } from '../partitions.ts';
import { applyQueued, forgetFetches, goOnFromEnds } from './edge.ts';
import { nameOf } from './events.ts';
import type { Setting } from './sizes.ts';
import type { Steps } from './steps.ts';

export function addEdgeSteps(steps: Steps, setting: Setting): void {
  for (const partition of PARTITIONS) addApply(steps, setting, partition);
  const { edge } = steps.from;
  if (edge.queues.some((queue) => queue.some(({ isDelayed }) => isDelayed))) {
    steps.add('queued events fall due', ({ edge: { queues } }) => {
      for (const each of PARTITIONS) queues[each] = queues[each].map((queued) => ({ ...queued, isDelayed: false }));
      return undefined;
    });
  }
  if (edge.isDelayed) {
    steps.spend('delayDrops', 'propagation delay lowered', (state) => {
      state.edge.isDelayed = false;
      return undefined;
    });
  }
  const [unheard] = edge.unheard;
  if (unheard !== undefined) {
    steps.add(`edge hears that ${nameOf(unheard)} is applied`, (state) => {
      state.edge.unheard.shift();
      forgetFetches(setting, state, unheard);
      return undefined;
    });
  }
  if (edge.takingUp !== null) {
    steps.add('edge goes on from the ends of the log', (state) => {
      goOnFromEnds(setting, state);
      return undefined;
    });
  }
}

function addApply(steps: Steps, setting: Setting, partition: Partition): void {
  const queue = steps.from.edge.queues[partition];
  const index = queue.findIndex(({ isDelayed }) => !isDelayed);
  const queued = queue[index];
  if (queued !== undefined && (index === 0 || setting.rules.order === 'due')) {
    const label = `edge applies p${partition}@${queued.offset} ${nameOf(queued.event)}`;
    steps.add(label, (state, violations) => applyQueued(setting, state, { partition, index, violations }));
  }
  const [head, second] = queue;
  if (head === undefined || second === undefined || head.isDelayed || second.isDelayed) return;
  const label = `edge fails to apply p${partition}@${head.offset} ${nameOf(head.event)}, but applies ${nameOf(second.event)} behind it`;
  steps.spend('pipelineFailures', label, (state, violations) => applyQueued(setting, state, { partition, index: 1, violations }));
}
