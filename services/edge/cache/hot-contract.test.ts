import { describeCacheContract } from './testing/contract.ts';
import { hotOver } from './testing/hot-subject.ts';
import { withMemoryCache } from './testing/memory-subject.ts';
import { describeTraces } from './testing/traces.ts';

const withCache = hotOver(withMemoryCache);

describeCacheContract('hot entries over the cache in memory', withCache);
describeTraces(withCache);
