import { describeCacheContract } from './testing/contract.ts';
import { withHotCache } from './testing/hot-subject.ts';
import { describeTraces } from './testing/traces.ts';

describeCacheContract('hot entries over the cache in memory', withHotCache);
describeTraces(withHotCache);
