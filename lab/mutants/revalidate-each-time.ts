/** As the seed had it: every reader who finds nothing fresh asks the origin, whoever else has asked already. */
import type { Lookup } from '../../services/edge/cache/cache.ts';
import { DecoratedCache } from './decorated-cache.ts';
import type { Mutant } from './mutant.ts';

/** Above every clock: nobody may join a fetch. */
const NEVER_JOINED = Number.MAX_SAFE_INTEGER;

class Alone extends DecoratedCache {
  override async lookup(key: string): Promise<Lookup> {
    const found = await this.cache.lookup(key);
    if (found.state === 'fresh') return found;
    return { ...found, state: 'invalid', entry: null, fence: NEVER_JOINED };
  }
}

export const revalidateEachTime: Mutant = {
  name: 'revalidate-each-time',
  about: 'every reader who finds nothing fresh asks the origin anew',
  caughtBy: ['refill-storm'],
  edge: (ports) => ({ ...ports, cache: new Alone(ports.cache) }),
};
