/** What is found out about a history once serves all its checks. */
import type { History } from '../history/history.ts';

/** `make`, asked once for each history, and again when that has changed since. */
export function oncePerHistory<Found>(make: (history: History) => Found): (history: History) => Found {
  const known = new WeakMap<History, { readonly revision: number; readonly found: Found }>();
  return (history) => {
    const last = known.get(history);
    if (last?.revision === history.revision) return last.found;
    const found = make(history);
    known.set(history, { revision: history.revision, found });
    return found;
  };
}
