/** How lookups go to Redis and come back. What the script itself says is tested with a Redis. */
import { describe, expect, it } from 'vitest';
import { CacheUnavailable, type Lookup } from './cache.ts';
import type { ScriptCall } from './lua/script.ts';
import type { RedisConnection } from './redis-connection.ts';
import { toStored } from './redis-entry.ts';
import { RedisLookups } from './redis-lookups.ts';
import { answerOf } from './testing/subject.ts';

const PART = 16;

interface Call {
  readonly keys: readonly string[];
  readonly answer: (answer: unknown) => void;
  readonly fail: (error: Error) => void;
}

function createLookups() {
  const calls: Call[] = [];
  const redis = { life: 'first' };
  const callAll = (_script: unknown, [call]: readonly ScriptCall[]): Promise<readonly unknown[]> => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly unknown[]>();
    calls.push({ keys: call?.values.slice(1).map(String) ?? [], answer: (answer) => resolve([answer]), fail: reject });
    return promise;
  };
  const connection = { session: () => ({ life: redis.life, callAll }) } as unknown as RedisConnection;
  const options = { keys: (...names: readonly string[]) => [...names], now: 0, bounds: { markRetentionMs: 1 } };
  return { calls, redis, lookups: new RedisLookups(connection, () => options) };
}

const keysOf = (count: number) => Array.from({ length: count }, (_, at) => `content:${at + 1}`);
const versionOf = (key: string) => Number(key.slice('content:'.length));
const foundOf = (key: string) => {
  const { text, tags } = toStored(answerOf(versionOf(key), [], 0), { clock: 0, life: 'a' });
  return ['fresh', versionOf(key), text.slice(text.indexOf('\n') + 1 + tags.length)];
};
const answerAll = ({ keys, answer }: Call) => answer([7, null, keys.map(foundOf)]);
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('the lookups of a turn', () => {
  it('go in scripts of few keys, and each reader gets that of his own key', async () => {
    const { calls, lookups } = createLookups();
    const keys = keysOf(2 * PART + 1);
    const asked = Promise.all(keys.map((key) => lookups.of(key)));
    await nextTurn();
    expect(calls.map(({ keys: { length } }) => length)).toEqual([PART, PART, 1]);
    for (const call of calls.toReversed()) answerAll(call);
    for (const [at, { entry, fence, clock, life }] of (await asked).entries())
      expect([entry?.version, fence, clock, life]).toEqual([at + 1, at + 1, 7, 'first']);
  });

  it('fail for the readers of a script that is not answered in time, and for no others', async () => {
    const { calls, lookups } = createLookups();
    const asked = Promise.allSettled(keysOf(PART + 1).map((key) => lookups.of(key)));
    await nextTurn();
    calls[0]?.fail(new CacheUnavailable('too late'));
    if (calls[1] !== undefined) answerAll(calls[1]);
    expect((await asked).map(({ status }) => status)).toEqual([...Array<string>(PART).fill('rejected'), 'fulfilled']);
  });

  it('fail for the reader of a key that cannot be read, or was left out, and for no other', async () => {
    const { calls, lookups } = createLookups();
    const asked = Promise.allSettled(keysOf(3).map((key) => lookups.of(key)));
    await nextTurn();
    calls[0]?.answer([7, null, [foundOf('content:1'), 'WRONGTYPE']]);
    const [first, ...others] = await asked;
    expect(first?.status).toBe('fulfilled');
    expect(others).toMatchObject([
      { status: 'rejected', reason: { message: expect.stringContaining('WRONGTYPE') } },
      { status: 'rejected', reason: { message: expect.stringContaining('expected an answer for each key') } },
    ]);
  });

  it('are of the life in which they were sent, whatever came since', async () => {
    const { calls, redis, lookups } = createLookups();
    const asked: Promise<Lookup> = lookups.of('content:1');
    await nextTurn();
    redis.life = 'second';
    if (calls[0] !== undefined) answerAll(calls[0]);
    expect((await asked).life).toBe('first');
  });
});
