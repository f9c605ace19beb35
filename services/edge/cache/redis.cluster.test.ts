import { describe, inject } from 'vitest';
import { withRedisCache } from './contract/redis-subject.ts';
import { describeTraces } from './contract/traces.ts';
import { describeCacheContract } from './contract.ts';

const servers = inject('servers');

describe.skipIf(servers === undefined)('with a Redis', () => {
  const withCache = withRedisCache(servers?.redisUrl ?? '');
  describeCacheContract('the cache in Redis', withCache);
  describeTraces(withCache);
});
