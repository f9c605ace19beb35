import { describeCacheContract } from './testing/contract.ts';
import { withMemoryCache } from './testing/memory-subject.ts';

describeCacheContract('the cache in memory', withMemoryCache);
