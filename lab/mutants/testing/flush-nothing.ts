import { DecoratedCache } from '../../../services/edge/cache/decorated.ts';
import type { Mutant } from '../mutant.ts';

class NeverFlushed extends DecoratedCache {
  override async flush(): Promise<void> {}
}

/** Of tests alone: it stands in no table. */
export const flushNothing: Mutant = {
  name: 'flush-nothing',
  about: 'what asks an edge to flush its entries is answered, and they stay',
  caughtBy: [],
  shownBy: 'baseline',
  edge: (ports) => ({ ...ports, cache: new NeverFlushed(ports.cache) }),
};
