import { describe, inject } from 'vitest';
import { withRedisCache } from './contract/redis-subject.ts';
import { describeCacheContract } from './contract.ts';

const servers = inject('servers');

describe.skipIf(servers === undefined)('with a Redis', () => {
  describeCacheContract('the cache in Redis', withRedisCache(servers?.redisUrl ?? ''));
});
