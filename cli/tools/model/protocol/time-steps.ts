/** What time does to a cache: entries age and end, marks end and leave the floor. */
import type { Purge } from './events.ts';
import type { Setting } from './sizes.ts';
import { noKeyMarks, type ProtocolState } from './state.ts';
import type { Steps } from './steps.ts';

export function addTimeSteps(steps: Steps, setting: Setting): void {
  const { cache, edge, time } = steps.from;
  const { entry } = cache;
  if (entry !== null) {
    steps.spend('evictions', 'the entry is evicted', (state) => {
      state.cache.entry = null;
      return undefined;
    });
  }
  if (entry !== null && entry.age < 2) {
    const age = entry.age === 0 ? 1 : 2;
    steps.spend('agings', `the entry ages past ${age === 1 ? 'its freshness' : 'stale-while-revalidate'}`, (state) => {
      state.cache.entry = { ...entry, age };
      return undefined;
    });
  }
  const isFetchDue = !setting.sizes.mayPause && edge.fetches.some(({ beganAt }) => time + 1 - beganAt > setting.sizes.fetchTicks);
  if (!isFetchDue) steps.spend('ticks', `time ${time + 1}`, (state) => tick(setting, state));
}

function tick({ rules, sizes }: Setting, state: ProtocolState): undefined {
  state.time += 1;
  const { cache, time } = state;
  const { entry, keyMarks } = cache;
  const isOver = (at: number) => time - at > sizes.markTicks;
  if (entry !== null && time - entry.storedAt >= sizes.entryTicks) cache.entry = null;
  const dropped = [0];
  if (keyMarks.at !== null && isOver(keyMarks.at)) {
    dropped.push(keyMarks.lastClock, keyMarks.hard.clock, keyMarks.soft.clock);
    cache.keyMarks = noKeyMarks();
  }
  for (const [purge, { clock, at }] of Object.entries(cache.epochs)) {
    if (!isOver(at)) continue;
    dropped.push(clock);
    delete cache.epochs[purge as Purge];
  }
  if (rules.floor !== 'none') cache.floor = Math.max(cache.floor, ...dropped);
}
