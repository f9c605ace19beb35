/**
 * Hot entries, rule by rule. Each hole of the review has its code there, and its shortest trace: hot.ts has the rules.
 */
import { describe, expect, it } from 'vitest';
import type { CacheEntry, EdgeCache } from './cache.ts';
import { HOT_MS, type HotEdge, HotRegion } from './testing/hot-region.ts';
import { answerOf, FRESH_MS, forgetLog, KEY, OTHER_KEY, purged, recordAt, STALE_MS, written } from './testing/subject.ts';

interface Stage {
  readonly region: HotRegion;
  readonly edge: HotEdge;
  readonly other: HotEdge;
}

/** v1 is in the cache, of both keys. */
async function begin(options: ConstructorParameters<typeof HotRegion>[0] = {}): Promise<Stage> {
  const region = new HotRegion(options);
  const [edge, other] = region.edges;
  for (const key of [KEY, OTHER_KEY]) await region.fill(1, { key });
  return { region, edge, other };
}

/** A lookup under way that was sent while the edge was catching up, and a change that the edge knows of by now. */
async function askedBeforeUpToDate() {
  const { edge, other } = await begin();
  edge.spell = undefined;
  edge.wire.isHeld = true;
  const before = edge.steps.read();
  await other.steps.apply(written(2));
  edge.spell = 1;
  return { edge, before };
}

describe('a hot entry', () => {
  it('is answered without the cache until HOT_MS after its lookup was sent, and counted', async () => {
    const { region, edge } = await begin();
    expect(await edge.read()).toBe('fresh v1');
    await region.clock.advance(HOT_MS);
    expect(await edge.read()).toBe('fresh v1, hot');
    expect(edge.hits).toBe(1);
    await region.clock.advance(1);
    expect(await edge.read()).toBe('fresh v1');
    expect(edge.hits).toBe(1);
  });

  it('can be had in the same turn', async () => {
    const { edge } = await begin();
    expect(edge.cache.lookupNow(KEY)).toBeUndefined();
    const found = await edge.cache.lookup(KEY);
    expect(edge.cache.lookupNow(KEY)).toBe(found);
  });

  it('is one that is stale by the marks, too, and none that is invalid or absent', async () => {
    const { edge } = await begin();
    await edge.steps.apply(written(2, 'soft'));
    expect([await edge.read(), await edge.read()]).toEqual(['stale v1', 'stale v1, hot']);
    await edge.steps.apply(written(2));
    expect([await edge.read(), await edge.read()]).toEqual(['invalid', 'invalid']);
    expect([await edge.read('content:9'), await edge.read('content:9')]).toEqual(['absent', 'absent']);
  });

  it.each([
    { title: 'fresh no longer than it is fresh', state: 'stale v1' },
    { title: 'a 404 no longer than it is fresh', missing: { content: null }, state: 'invalid' },
  ])('is $title', async ({ missing = {}, state }) => {
    const { region, edge } = await begin({ hotMs: 10 * FRESH_MS });
    await region.fill(2, missing);
    const kept = await edge.read();
    await region.clock.advance(FRESH_MS - 1);
    expect(await edge.read()).toBe(`${kept}, hot`);
    await region.clock.advance(1);
    expect(await edge.read()).toBe(state.replace('v1', 'v2'));
  });

  it('is stale no longer than its entry lives', async () => {
    const { region, edge } = await begin({ hotMs: 10 * STALE_MS });
    await region.fill(2, { freshUntil: region.clock.now(), expiresAt: region.clock.now() + STALE_MS });
    expect(await edge.read()).toBe('stale v2');
    await region.clock.advance(STALE_MS);
    expect(await edge.read()).toBe('absent');
  });

  it('of another edge is seen HOT_MS after a change at the latest', async () => {
    const { region, edge, other } = await begin();
    await edge.read();
    await other.steps.apply(written(2));
    await region.clock.advance(HOT_MS);
    expect(await edge.read()).toBe('fresh v1, hot');
    await region.clock.advance(1);
    expect(await edge.read()).toBe('invalid');
  });
});

describe('what an edge changes itself is not held when the call resolves', () => {
  const changes: readonly { readonly title: string; readonly change: (cache: EdgeCache) => Promise<unknown>; readonly after: string }[] = [
    { title: 'B-5: an apply', change: (cache) => cache.apply([recordAt(written(2), 0)]), after: 'invalid' },
    { title: 'an apply to another key', change: (cache) => cache.apply([recordAt(written(2, 'hard', OTHER_KEY), 0)]), after: 'fresh v1' },
    { title: 'a purge of its tag', change: (cache) => cache.apply([recordAt(purged('tag', 'a'), 0)]), after: 'invalid' },
    { title: 'a raised minimum', change: (cache) => cache.raiseMinimums(new Map([[KEY, 2]])), after: 'invalid' },
    { title: 'a flush', change: (cache) => cache.flush(), after: 'invalid' },
    { title: 'another log', change: forgetLog, after: 'invalid' },
  ];

  it.each(changes)('$title', async ({ change, after }) => {
    const { edge } = await begin();
    await edge.read();
    await change(edge.cache);
    expect(await edge.read()).toBe(after);
  });

  it('B-8: a fill, which changes no mark', async () => {
    const { region, edge } = await begin();
    await edge.read();
    const stamp = region.now();
    await edge.read(OTHER_KEY);
    expect(await edge.steps.arrive(stamp, 2)).toBe('stored');
    expect([await edge.read(), await edge.read(OTHER_KEY)]).toEqual(['fresh v2', 'fresh v1, hot']);
  });

  it.each(changes)('$title that failed may have been done', async ({ change, after }) => {
    const { edge } = await begin();
    await edge.read();
    edge.wire.isHeld = true;
    const failed = expect(change(edge.cache)).rejects.toThrow('no answer');
    await new Promise((resolve) => setImmediate(resolve));
    await edge.wire.fail();
    await failed;
    edge.wire.isHeld = false;
    expect(await edge.read()).toBe(after);
  });

  it('a fill that failed may have been done', async () => {
    const { region, edge } = await begin();
    await edge.read();
    edge.wire.isHeld = true;
    const failed = expect(edge.steps.arrive(region.now(), 2)).rejects.toThrow('no answer');
    await edge.wire.fail();
    await failed;
    edge.wire.isHeld = false;
    expect(await edge.read()).toBe('fresh v2');
  });

  it.each([...changes, { title: 'a fill', change: undefined, after: 'fresh v2' }])(
    'B-6: nor is the answer of a lookup sent before $title, and nobody joins it from then on',
    async ({ change, after }) => {
      const { region, edge } = await begin();
      edge.wire.isHeld = true;
      const before = edge.steps.read();
      edge.wire.isHeld = false;
      await (change === undefined ? edge.steps.arrive(region.now(), 2) : change(edge.cache));
      expect(await edge.read()).toBe(after);
      await edge.wire.resolve();
      expect(await before).toBe('fresh v1');
      expect(await edge.steps.read()).toBe(after);
    },
  );

  it('B-6: nor of one that was sent while the call was under way', async () => {
    const { edge } = await begin();
    edge.wire.isHeld = true;
    const looked = edge.steps.read();
    const applied = edge.cache.apply([recordAt(written(2), 0)]);
    await edge.wire.resolve();
    expect(await looked).toBe('fresh v1');
    expect(await edge.read(), 'until the call resolves it is as if it were not done').toBe('fresh v1, hot');
    await edge.wire.resolve();
    await applied;
    edge.wire.isHeld = false;
    expect(await edge.read()).toBe('invalid');
  });
});

describe('a moment begins when the lookup is sent', () => {
  it('B-7: not when its answer comes', async () => {
    const { region, edge, other } = await begin();
    edge.wire.isHeld = true;
    const looked = edge.steps.read();
    await other.steps.apply(written(2));
    await region.clock.advance(HOT_MS);
    await edge.wire.resolve();
    expect(await looked).toBe('fresh v1');
    edge.wire.isHeld = false;
    expect(await edge.read()).toBe('fresh v1, hot');
    await region.clock.advance(1);
    expect(await edge.read()).toBe('invalid');
  });

  it('readers of one key join the lookup that is under way, as long as it is so young', async () => {
    const { region, edge, other } = await begin();
    edge.wire.isHeld = true;
    const readers = [edge.steps.read(), edge.steps.read()];
    expect(edge.wire.underWay).toEqual([`lookup ${KEY}`]);
    await other.steps.apply(written(2));
    await region.clock.advance(HOT_MS + 1);
    readers.push(edge.steps.read());
    expect(edge.wire.underWay).toHaveLength(2);
    await edge.wire.resolve();
    await edge.wire.resolve();
    expect(await Promise.all(readers)).toEqual(['fresh v1', 'fresh v1', 'invalid']);
  });

  it('whoever joins a lookup is not told fresh what is not so any more by the clock', async () => {
    const { region, edge } = await begin();
    await region.fill(2, { freshUntil: region.clock.now() + 1 });
    edge.wire.isHeld = true;
    const first = edge.steps.read();
    await region.clock.advance(1);
    const second = edge.steps.read();
    expect(edge.wire.underWay).toHaveLength(1);
    edge.wire.isHeld = false;
    await edge.wire.resolve();
    expect([await first, await second]).toEqual(['fresh v2', 'stale v2']);
  });

  it('an answer that comes after that of a lookup sent later is not held', async () => {
    const { region, edge, other } = await begin();
    edge.wire.isHeld = true;
    const first = edge.steps.read();
    await region.clock.advance(HOT_MS + 1);
    await other.steps.apply(written(2));
    const second = edge.steps.read();
    await edge.wire.resolve(1);
    await edge.wire.resolve(0);
    expect([await first, await second]).toEqual(['fresh v1', 'invalid']);
    edge.wire.isHeld = false;
    expect(await edge.read()).toBe('invalid');
  });
});

describe('what is learned later does not speak for a hot entry', () => {
  it('B-9: the heartbeat is that of its own lookup', async () => {
    const { edge, other } = await begin();
    const beat = async (offset: number, time: number) => {
      const position = { partition: 0, offset, id: `beat-${offset}`, time: offset };
      await other.cache.pass({ position, previous: offset - 1, beat: { time, partitions: 1 } });
      await other.cache.confirmBeats(new Map([[0, time]]));
    };
    await beat(0, 1_000);
    expect((await edge.cache.lookup(KEY)).beat).toBe(1_000);
    await beat(1, 2_000);
    expect((await edge.cache.lookup(OTHER_KEY)).beat).toBe(2_000);
    expect((await edge.cache.lookup(KEY)).beat).toBe(1_000);
  });

  it('so the cache is asked for a later heartbeat once the lease of its own is out, and without one no more often than each 25 ms', async () => {
    const { region, edge } = await begin({ hotMs: 10_000 });
    await edge.read();
    await region.clock.advance(26);
    expect(await edge.read()).toBe('fresh v1, hot');
    edge.leasedFrom = 1;
    expect(await edge.read()).toBe('fresh v1');
    await region.clock.advance(25);
    expect(await edge.read()).toBe('fresh v1, hot');
    await region.clock.advance(1);
    expect(await edge.read()).toBe('fresh v1');
  });

  it.each([
    { title: 'was catching up', spell: undefined },
    { title: 'was up to date in another spell', spell: 1 },
  ])('B-10: what was looked up when the edge $title is asked for again', async ({ spell }) => {
    const { edge, other } = await begin();
    edge.spell = spell;
    await edge.read();
    expect(await edge.read()).toBe('fresh v1, hot');
    await other.steps.apply(written(2));
    edge.spell = 2;
    expect(await edge.read()).toBe('invalid');
  });

  it('B-10: nor is the answer of a lookup held that was sent then', async () => {
    const { edge, before } = await askedBeforeUpToDate();
    await edge.wire.resolve();
    expect(await before).toBe('fresh v1');
    edge.wire.isHeld = false;
    expect(await edge.read()).toBe('invalid');
  });

  it('what the cache was asked for again does not come back, though it would be young enough', async () => {
    const { edge, other } = await begin();
    edge.spell = undefined;
    await edge.read();
    await other.steps.apply(written(2));
    edge.spell = 1;
    expect(await edge.read()).toBe('invalid');
    edge.spell = undefined;
    expect(await edge.read()).toBe('invalid');
  });

  it('B-10: nor is a lookup joined that was sent then', async () => {
    const { edge, before } = await askedBeforeUpToDate();
    const after = edge.steps.read();
    await edge.wire.resolve();
    await edge.wire.resolve();
    expect([await before, await after]).toEqual(['fresh v1', 'invalid']);
  });
});

describe('another life of the cache', () => {
  it('ends what is held, and what is under way', async () => {
    const { region, edge } = await begin();
    await edge.read();
    edge.wire.isHeld = true;
    const looked = edge.steps.read(OTHER_KEY);
    region.server.restart();
    edge.wire.tellNewLife();
    await edge.wire.resolve();
    expect(await looked).toBe('fresh v1');
    edge.wire.isHeld = false;
    expect([await edge.read(), await edge.read(OTHER_KEY)]).toEqual(['absent', 'absent']);
  });

  it('B-11: shows in the first answer of it, before anybody has told', async () => {
    const { region, edge } = await begin();
    await edge.read();
    edge.wire.isHeld = true;
    const looked = edge.steps.read(OTHER_KEY);
    region.server.restart();
    const first = edge.steps.read('content:9');
    await edge.wire.resolve(1);
    await edge.wire.resolve(0);
    expect([await looked, await first]).toEqual(['fresh v1', 'absent']);
    edge.wire.isHeld = false;
    expect([await edge.read(), await edge.read(OTHER_KEY)]).toEqual(['absent', 'absent']);
  });

  it('may be behind every call that brings no answer', async () => {
    const { edge } = await begin();
    await edge.read();
    edge.wire.isHeld = true;
    const failed = expect(edge.cache.lookup('content:9')).rejects.toThrow('no answer');
    const looked = edge.steps.read(OTHER_KEY);
    await edge.wire.fail();
    await failed;
    await edge.wire.resolve();
    await looked;
    edge.wire.isHeld = false;
    expect([await edge.read(), await edge.read(OTHER_KEY)]).toEqual(['fresh v1', 'fresh v1']);
  });
});

describe('what is held is bounded by bytes', () => {
  const withBody = (length: number): Partial<CacheEntry> => {
    const { content } = answerOf(1, ['a'], 0);
    return content === null ? {} : { content: { ...content, body: 'x'.repeat(length) } };
  };

  it('what is larger than half of them is not held', async () => {
    const { region, edge } = await begin({ bytesMax: 20_000 });
    await region.fill(2, withBody(3_000));
    expect([await edge.read(), await edge.read()]).toEqual(['fresh v2', 'fresh v2, hot']);
    await region.fill(3, withBody(6_000));
    await region.clock.advance(HOT_MS + 1);
    expect([await edge.read(), await edge.read()]).toEqual(['fresh v3', 'fresh v3']);
  });

  it('what was asked for longest ago goes first', async () => {
    const { region, edge } = await begin({ bytesMax: 20_000, hotMs: 100 * FRESH_MS });
    const keys = Array.from({ length: 12 }, (_, at) => `content:${at + 10}`);
    for (const key of keys) await region.fill(1, { key, ...withBody(700) });
    for (const key of keys) await edge.read(key);
    const hot = keys.filter((key) => edge.cache.lookupNow(key) !== undefined);
    expect(hot).toEqual(keys.slice(-hot.length));
    expect(hot.length).toBeGreaterThanOrEqual(4);
    expect(hot.length).toBeLessThan(12);
  });
});
