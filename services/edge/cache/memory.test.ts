import { withMemoryCache } from './contract/memory-subject.ts';
import { describeCacheContract } from './contract.ts';

describeCacheContract('the cache in memory', withMemoryCache);
