/** Hot entries over another cache: so long that only what is dropped is asked for again. */
import { HotCache } from '../hot.ts';
import { LIFE_MS, type WithCache } from './subject.ts';

const HOT = { hotMs: 100 * LIFE_MS, bytesMax: 1_000_000, upToDate: () => 1, onHit: () => {} };

export function hotOver(withCache: WithCache): WithCache {
  return (test, bounds) =>
    withCache((subject) => test({ ...subject, cache: new HotCache(subject.cache, { clock: subject.clock, ...HOT }) }), bounds);
}
