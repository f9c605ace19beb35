/** evict: a cache drops half of its entries, as one that is full does; marks and offsets stay. */
import { damaging } from '../damaging.ts';

export const evict = damaging({
  name: 'evict',
  about: 'a cache drops half of its entries at once; marks and offsets stay',
  toSee: 'half of the rows become absent, the hit ratio falls, and reads fill the cache again',
  damage: 'evict',
  of: 'redis',
  lasts: false,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  emptiesCache: true,
  destroys: 'half of the entries of this cache are dropped',
  says: 'drops half of its entries',
});
