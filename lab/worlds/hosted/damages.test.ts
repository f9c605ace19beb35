/** What a server of the hosted worlds can suffer, each seen at the port through which an edge has it. */
import { expect, test } from 'vitest';
import { type Application, CacheUnavailable } from '../../../services/edge/cache/cache.ts';
import { MemoryCache, MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import type { LogMessage, LogRecord } from '../../../services/log/log.ts';
import { MemoryLog } from '../../../services/log/memory.ts';
import { type InvalidationEvent, parseInvalidation } from '../../../services/protocol/invalidation.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { CacheDamages } from './cache-damages.ts';
import { LogDamages } from './log-damages.ts';

const RETENTION_MS = 3_600_000;
const KEY = 'content:1';

function cacheWithDamages() {
  const clock = new VirtualClock();
  const server = new MemoryCacheServer({ clock, random: createRandom(1), markRetentionMs: RETENTION_MS });
  const damages = new CacheDamages(server);
  const cache = damages.on(new MemoryCache(server));
  const fill = async (key: string, version = 1) => {
    const stamp = await cache.lookup(key);
    const until = clock.now() + RETENTION_MS;
    const entry = { version, content: null, etag: '', fetchedAt: clock.now(), freshUntil: until, staleUntil: until, expiresAt: until };
    return cache.fill(key, entry, stamp);
  };
  return { damages, cache, fill };
}

function applications(count: number): Application[] {
  return Array.from({ length: count }, (_, offset) => ({
    mark: { type: 'key', target: KEY, mode: 'hard', version: offset + 2 },
    position: { partition: 0, offset, id: `event-${offset}`, time: 0 },
    previous: offset - 1,
  }));
}

test('a cache that refuses writes answers, says so, counts what it refused, and takes them again', async () => {
  const { damages, cache, fill } = cacheWithDamages();
  await fill(KEY);
  damages.inflict('f1', 'refuse-writes');
  await expect(cache.apply(applications(1))).rejects.toThrow(CacheUnavailable);
  await expect(fill(KEY)).rejects.toThrow(/refuses writes/);
  expect(await cache.lookup(KEY)).toMatchObject({ state: 'fresh' });
  expect(await cache.condition()).toBe('refuses writes');
  expect(damages.counts()).toEqual({ f1: 2 });
  damages.repair('f1');
  expect(await cache.apply(applications(1))).toEqual(['applied']);
  expect(damages.counts()).toEqual({});
});

test('of a torn batch the steps before the missing one are done, and those after it are a gap', async () => {
  const { damages, cache } = cacheWithDamages();
  damages.inflict('f1', 'tear');
  await expect(cache.apply(applications(5))).rejects.toThrow(/middle of a batch/);
  expect((await cache.takeUp()).positions.get(0)?.offset).toBe(1);
  expect(await cache.apply(applications(3).slice(2))).toEqual(['applied']);
});

test('half of the entries are evicted, and what is invalid stays invalid', async () => {
  const { damages, cache, fill } = cacheWithDamages();
  for (let id = 1; id <= 4; id += 1) await fill(`content:${id}`);
  await cache.apply(applications(1));
  damages.inflict('f1', 'evict');
  expect(damages.counts()).toEqual({ f1: 2 });
  expect((await cache.lookup('content:2')).state).toBe('absent');
  expect((await cache.lookup('content:4')).state).toBe('fresh');
  expect(await fill(KEY, 1)).toBe('below-hard-minimum');
});

test('a cache that goes back is what it was, under another life, with nothing of it valid', async () => {
  const { damages, cache, fill } = cacheWithDamages();
  await cache.apply(applications(2).slice(0, 1));
  await fill('content:2');
  const before = await cache.lookup('content:2');
  damages.inflict('f1', 'roll-back');
  await cache.apply(applications(2).slice(1));
  await fill('content:3');
  let lives = 0;
  cache.onNewLife(() => {
    lives += 1;
  });
  damages.repair('f1');
  expect(lives).toBe(1);
  expect((await cache.takeUp()).positions.get(0)?.offset).toBe(0);
  expect(await cache.lookup('content:2')).toMatchObject({ state: 'invalid', entry: null });
  expect((await cache.lookup('content:3')).state).toBe('absent');
  expect((await cache.lookup('content:2')).life).not.toBe(before.life);
});

function message(more: Partial<InvalidationEvent> = {}): LogMessage {
  const event = { id: 'e', type: 'key', target: KEY, version: 2, timestamp: '', priority: 'normal', ...more };
  return { key: KEY, value: JSON.stringify(event), headers: {} };
}

async function logWithDamages(read: LogRecord[], asked: number[]) {
  const clock = new VirtualClock();
  const server = new MemoryLog({ clock, partitions: 1 });
  const damages = new LogDamages({ server, random: createRandom(1) });
  const log = damages.on(server);
  await log.append([message(), message(), message()]);
  await log.subscribe({
    group: 'one',
    onAssigned: async (bounds) => {
      asked.push(bounds[0]?.start ?? Number.NaN);
      return new Map([[0, 1]]);
    },
    onRecords: (_, records) => void read.push(...records),
  });
  await clock.settle();
  return { clock, log, damages };
}

test('a log made anew has as many records, all of them others, and is assigned again', async () => {
  const [read, asked]: [LogRecord[], number[]] = [[], []];
  const { clock, log, damages } = await logWithDamages(read, asked);
  const before = await log.bounds();
  damages.inflict('f1', 'recreate');
  await clock.settle();
  expect(await log.bounds()).toEqual(before);
  expect(damages.counts()).toEqual({ f1: 3 });
  expect(asked).toHaveLength(2);
  const targets = read.map(({ value }) => parseInvalidation(value)?.target);
  expect(targets).toEqual([KEY, KEY, 'nobody', 'nobody']);
});

test('a log that drops what it holds begins at its end', async () => {
  const { log, damages } = await logWithDamages([], []);
  damages.inflict('f1', 'truncate');
  expect(await log.bounds()).toEqual([{ partition: 0, start: 3, end: 3 }]);
  expect(damages.counts()).toEqual({ f1: 3 });
});

test('what a write appends cannot be read; what asks for a mode passes as it is', async () => {
  const read: LogRecord[] = [];
  const { clock, log, damages } = await logWithDamages(read, []);
  damages.inflict('f1', 'garble');
  await log.append([message(), message({ mode: 'hard' })]);
  damages.repair('f1');
  await log.append([message()]);
  await clock.settle();
  expect(read.slice(-3).map(({ value }) => parseInvalidation(value)?.mode ?? parseInvalidation(value)?.id)).toEqual([
    undefined,
    'hard',
    'e',
  ]);
});

test('a server refuses what cannot happen to it', () => {
  expect(() => cacheWithDamages().damages.inflict('f1', 'truncate')).toThrow(/damage of a cache, got truncate/);
});
