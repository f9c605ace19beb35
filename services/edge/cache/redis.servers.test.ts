import { describe, inject } from 'vitest';
import { describeCacheContract } from './testing/contract.ts';
import { hotOver } from './testing/hot-subject.ts';
import { withRedisCache } from './testing/redis-subject.ts';
import { describeTraces } from './testing/traces.ts';

const servers = inject('servers');

describe.skipIf(servers === undefined)('with a Redis', () => {
  const withCache = withRedisCache(servers?.redisUrl ?? '');
  describeCacheContract('the cache in Redis', withCache);
  describeTraces(withCache);
  describeCacheContract('hot entries over the cache in Redis', hotOver(withCache));
  describeTraces(hotOver(withCache));
});
