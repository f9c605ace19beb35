/**
 * What is fetched before anybody reads it: when, in which order, how many at a time; and that a reader's fences hold
 * for it.
 */
import { describe, expect, test } from 'vitest';
import { contentKey } from '../protocol/content.ts';
import { sleep } from '../runtime/clock.ts';
import { WarmingRig, type WarmingRigOptions } from './testing/warming.ts';

async function withWarmer(use: (rig: WarmingRig) => Promise<void>, options?: WarmingRigOptions): Promise<void> {
  const rig = new WarmingRig(options);
  await use(rig);
  rig.warmer.close();
  await rig.edge.clock.settle();
}

/**
 * Answers each fetch from that one on, as they come, until no more come. Answers how many there were, and the most
 * under way.
 */
async function answerAll(rig: WarmingRig, from: number, version = 1): Promise<{ readonly fetches: number; readonly most: number }> {
  let [answered, most] = [from, 0];
  for (;;) {
    await rig.edge.clock.settle();
    most = Math.max(most, rig.sent - answered);
    if (answered === rig.sent) return { fetches: rig.sent - from, most };
    rig.edge.origin.held(answered).content(version, ['late']);
    answered += 1;
  }
}

const tagPurge = (id: number) => ({ type: 'tag', target: `tag-${id}`, mode: 'hard' }) as const;
const offsets = new WeakMap<WarmingRig, number>();

/** As the invalidator does: through the cache that tells. */
async function apply(rig: WarmingRig, mark: Parameters<WarmingRig['edge']['apply']>[0]): Promise<void> {
  const offset = (offsets.get(rig) ?? -1) + 1;
  offsets.set(rig, offset);
  const position = { partition: 0, offset, id: `event-${offset}`, time: rig.edge.clock.now() };
  expect(await rig.observed.apply([{ mark, position, previous: offset - 1 }])).toEqual(['applied']);
}

describe('a loss', () => {
  const LOSSES: readonly (readonly [title: string, lose: (rig: WarmingRig) => Promise<void> | void])[] = [
    ['a new life', (rig) => rig.edge.server.restart()],
    ['a flush', (rig) => rig.observed.flush()],
    [
      'another log',
      async ({ observed }) => {
        const { generation } = await observed.takeUp();
        expect(await observed.forgetLog(generation)).not.toBe(generation);
      },
    ],
    ['a hard purge of all', (rig) => apply(rig, { type: 'all', target: '*', mode: 'hard' })],
    ['a hard purge of a pattern', (rig) => apply(rig, { type: 'pattern', target: 'content:*', mode: 'hard' })],
  ];

  test.each(LOSSES)('by %s: the most-read are fetched before anybody reads them, most-read first', (_title, lose) =>
    withWarmer(async (rig) => {
      await rig.filled(4);
      const before = rig.sent;
      await lose(rig);
      await rig.passMoment();
      expect(await answerAll(rig, before)).toEqual({ fetches: 4, most: 2 });
      expect(rig.fetchedSince(before)).toEqual([1, 2, 3, 4]);
      for (const id of [1, 2, 3, 4]) expect(await rig.reader.read(id)).toMatchObject({ source: 'cache', status: 'fresh' });
      expect(rig.warmer.told()).toEqual({ rounds: 1, fetched: 4, missing: 0, failed: 0, held: 0, waiting: 0, underWay: 0 });
    }),
  );

  test('by a hard purge of a tag: only what it covers is fetched, the rest is there', () =>
    withWarmer(async (rig) => {
      await rig.filled(4);
      const before = rig.sent;
      await apply(rig, tagPurge(3));
      await rig.passMoment();
      await answerAll(rig, before);
      expect(rig.fetchedSince(before)).toEqual([3]);
      expect(rig.warmer.told()).toMatchObject({ fetched: 1, held: 3 });
    }));

  test('by a flush that takes long is told when it has been made', () =>
    withWarmer(async (rig) => {
      await rig.filled(2);
      const before = rig.sent;
      rig.edge.cache.before = (command) => (command === 'flush' ? sleep(rig.edge.clock, 500) : undefined);
      const flushed = rig.observed.flush();
      await rig.edge.clock.advance(600);
      await flushed;
      expect(await answerAll(rig, before)).toEqual({ fetches: 2, most: 2 });
    }));

  test('a record that comes once more is none', () =>
    withWarmer(async (rig) => {
      await rig.filled(1);
      const position = { partition: 0, offset: 0, id: 'event', time: rig.edge.clock.now() };
      const record = { mark: { type: 'all', target: '*', mode: 'hard' }, position, previous: -1 } as const;
      expect([await rig.observed.apply([record]), await rig.observed.apply([record])]).toEqual([['applied'], ['skipped']]);
      expect(rig.warmer.told()).toMatchObject({ rounds: 1 });
    }));

  test('a soft purge is none: what it covers is still answered', () =>
    withWarmer(async (rig) => {
      await rig.filled(4);
      const before = rig.sent;
      await apply(rig, { type: 'all', target: '*', mode: 'soft' });
      await rig.passMoment();
      expect(rig.sent).toBe(before);
      expect(rig.warmer.told()).toMatchObject({ rounds: 0 });
    }));

  test('no more than asked for are fetched', () =>
    withWarmer(
      async (rig) => {
        await rig.filled(6);
        const before = rig.sent;
        await rig.observed.flush();
        await rig.passMoment();
        await answerAll(rig, before);
        expect(rig.fetchedSince(before)).toEqual([1, 2]);
      },
      { keys: 2 },
    ));

  test.each([1, 3, 64])('at most %s are under way, fetches of readers among them', (concurrency) =>
    withWarmer(
      async (rig) => {
        await rig.filled(10);
        const reading = rig.reader.read(100);
        await rig.edge.clock.settle();
        const before = rig.sent;
        await rig.observed.flush();
        await rig.passMoment();
        expect(rig.sent - before).toBe(Math.min(10, concurrency - 1));
        rig.edge.origin.held(before - 1).content(1);
        await reading;
        await rig.edge.clock.advance(200);
        expect(await answerAll(rig, before)).toEqual({ fetches: 10, most: Math.min(10, concurrency) });
      },
      { concurrency },
    ),
  );
});

describe('a hard invalidation of one key', () => {
  const invalidate = (rig: WarmingRig, id: number, mode: 'hard' | 'soft' = 'hard') =>
    apply(rig, { type: 'key', target: contentKey(id), version: 2, mode });

  test('in an eager region it is fetched where it is read most, before what is still to do', () =>
    withWarmer(
      async (rig) => {
        await rig.filled(4);
        const before = rig.sent;
        await rig.observed.flush();
        await rig.passMoment();
        await invalidate(rig, 4);
        await answerAll(rig, before, 2);
        expect(rig.fetchedSince(before)).toEqual([1, 4, 2, 3]);
      },
      { concurrency: 1 },
    ));

  test.each([
    ['in a lazy region', { isEager: false }, 1, 'hard'],
    ['where it is soft', {}, 1, 'soft'],
    ['where it is not read most', {}, 99, 'hard'],
  ] as const)('%s nothing is fetched', (_title, change, id, mode) =>
    withWarmer(async (rig) => {
      await rig.filled(4);
      Object.assign(rig, change);
      const before = rig.sent;
      await invalidate(rig, id, mode);
      await rig.passMoment();
      expect(rig.sent).toBe(before);
    }),
  );
});

describe('nothing is fetched twice at once', () => {
  test('a newer loss takes the place of an older one, and what is being fetched waits for its turn', () =>
    withWarmer(async (rig) => {
      await rig.filled(4);
      const before = rig.sent;
      await rig.observed.flush();
      await rig.passMoment();
      expect(rig.fetchedSince(before)).toEqual([1, 2]);
      await rig.observed.flush();
      await rig.passMoment();
      expect(rig.fetchedSince(before)).toEqual([1, 2]);
      rig.edge.origin.held(before).content(1);
      await rig.edge.clock.settle();
      // What 1 brought was asked for before the second flush: it is refused, and fetched once more.
      expect(rig.fetchedSince(before)).toEqual([1, 2, 1]);
      await answerAll(rig, before + 1);
      expect(rig.fetchedSince(before)).toEqual([1, 2, 1, 2, 3, 4]);
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', status: 'fresh' });
    }));

  test('a key that is invalidated while it is fetched is fetched once more, and not beside that', () =>
    withWarmer(async (rig) => {
      await rig.filled(1);
      const before = rig.sent;
      await apply(rig, { type: 'key', target: contentKey(1), mode: 'hard', version: 2 });
      await rig.passMoment();
      await apply(rig, { type: 'key', target: contentKey(1), mode: 'hard', version: 3 });
      await rig.passMoment();
      expect(rig.sent).toBe(before + 1);
      rig.edge.origin.held(before).content(2);
      await rig.passMoment();
      expect(await answerAll(rig, before + 1, 3)).toEqual({ fetches: 1, most: 1 });
      expect(await rig.reader.read(1)).toMatchObject({ source: 'cache', entry: { version: 3 } });
    }));

  test('a reader joins a fetch that is under way, and the warmer that of a reader', () =>
    withWarmer(async (rig) => {
      await rig.filled(2);
      const before = rig.sent;
      await rig.observed.flush();
      const reading = rig.reader.read(2);
      await rig.edge.clock.settle();
      await rig.passMoment();
      const joining = rig.reader.read(1);
      await rig.edge.clock.settle();
      await answerAll(rig, before);
      await rig.edge.clock.advance(200);
      await answerAll(rig, before + 2);
      expect([...rig.fetchedSince(before)].sort()).toEqual([1, 2]);
      expect(await reading).toMatchObject({ source: 'origin' });
      expect(await joining).toMatchObject({ source: 'origin', forwarded: { collapsed: true } });
    }));
});

describe('the fences of a reader hold', () => {
  test('a key that is deleted while it is fetched stays gone', () =>
    withWarmer(async (rig) => {
      await rig.filled(1);
      const before = rig.sent;
      await rig.observed.flush();
      await rig.passMoment();
      rig.isEager = false;
      await apply(rig, { type: 'key', target: contentKey(1), version: 2, mode: 'hard' });
      rig.edge.origin.held(before).content(1);
      await rig.edge.clock.settle();
      const reading = rig.reader.read(1);
      await rig.edge.clock.settle();
      rig.edge.origin.held(before + 1).missing(2);
      expect(await reading).toMatchObject({ source: 'origin', entry: { version: 2, content: null } });
      expect(rig.edge.meter.snapshot().fills.refused).toEqual({ 'below-hard-minimum': 1 });
    }));

  test('what was asked for in another life is not stored', () =>
    withWarmer(async (rig) => {
      await rig.filled(1);
      const before = rig.sent;
      await rig.observed.flush();
      await rig.passMoment();
      rig.edge.server.restart();
      rig.edge.origin.held(before).content(1);
      await rig.edge.clock.settle();
      expect(rig.edge.meter.snapshot().fills.refused).toEqual({ 'other-life': 1 });
    }));

  test('a content that is gone is fetched once, and not again', () =>
    withWarmer(async (rig) => {
      await rig.filled(2);
      const before = rig.sent;
      await rig.observed.flush();
      await rig.passMoment();
      rig.edge.origin.held(before).missing(9);
      rig.edge.origin.held(before + 1).content(1);
      await rig.edge.clock.settle();
      expect(rig.warmer.told()).toMatchObject({ fetched: 1, missing: 1 });
      await rig.observed.flush();
      await rig.passMoment();
      expect(rig.fetchedSince(before)).toEqual([1, 2, 2]);
    }));
});

describe('it waits', () => {
  test('while the edge is catching up', () =>
    withWarmer(async (rig) => {
      await rig.filled(2);
      const before = rig.sent;
      rig.isCatchingUp = true;
      await rig.observed.flush();
      await rig.edge.clock.advance(10_000);
      expect(rig.sent).toBe(before);
      rig.isCatchingUp = false;
      await rig.edge.clock.advance(200);
      await answerAll(rig, before);
      expect(rig.fetchedSince(before)).toEqual([1, 2]);
    }));

  test('while the breaker is not closed, and goes on with what it could not fetch', () =>
    withWarmer(
      async (rig) => {
        await rig.filled(8);
        const before = rig.sent;
        await rig.observed.flush();
        await rig.passMoment();
        for (let at = 0; at < 5; at += 1) {
          rig.edge.origin.held(before + at).fail();
          await rig.edge.clock.settle();
        }
        expect(rig.breaker.told().state).toBe('open');
        expect(rig.fetchedSince(before)).toEqual([1, 2, 3, 4, 5]);
        await rig.edge.clock.advance(1_000);
        expect(rig.sent - before, 'the probe is for a reader').toBe(5);
        const reading = rig.reader.read(100);
        await rig.edge.clock.settle();
        rig.edge.origin.held(before + 5).content(1);
        await reading;
        await rig.edge.clock.advance(2_200);
        await answerAll(rig, before + 6);
        expect(rig.fetchedSince(before + 6)).toEqual([6, 7, 8, 1, 2, 3, 4, 5]);
      },
      { concurrency: 1 },
    ));

  test('while a breaker is open that readers have opened: the probe is theirs, and nothing fails meanwhile', () =>
    withWarmer(async (rig) => {
      await rig.filled(2);
      const readings = [101, 102, 103, 104, 105].map((id) => rig.reader.read(id).catch(() => 'failed'));
      await rig.edge.clock.settle();
      const before = rig.sent;
      for (let at = before - readings.length; at < before; at += 1) rig.edge.origin.held(at).fail();
      expect(await Promise.all(readings)).toEqual(readings.map(() => 'failed'));
      expect(rig.breaker.told().state).toBe('open');
      await rig.observed.flush();
      await rig.edge.clock.advance(1_000);
      expect(rig.sent).toBe(before);
      expect(rig.warmer.told()).toMatchObject({ failed: 0, waiting: 2 });
      const probing = rig.reader.read(100);
      await rig.edge.clock.settle();
      rig.edge.origin.held(before).content(1);
      await probing;
      await rig.edge.clock.advance(200);
      await answerAll(rig, before + 1);
      expect(rig.fetchedSince(before + 1)).toEqual([1, 2]);
    }));

  test('for no longer than a minute after the last loss', () =>
    withWarmer(async (rig) => {
      await rig.filled(2);
      const before = rig.sent;
      rig.isCatchingUp = true;
      await rig.observed.flush();
      await rig.edge.clock.advance(61_000);
      rig.isCatchingUp = false;
      await rig.edge.clock.advance(1_000);
      expect(rig.sent).toBe(before);
      expect(rig.warmer.told().waiting).toBe(0);
    }));

  test('for a moment when the origin has not answered five times in a row, also without a breaker', () =>
    withWarmer(
      async (rig) => {
        await rig.filled(8);
        const before = rig.sent;
        await rig.observed.flush();
        await rig.passMoment();
        for (let at = 0; at < 5; at += 1) {
          rig.edge.origin.held(before + at).fail();
          await rig.edge.clock.settle();
        }
        await rig.edge.clock.advance(1_900);
        expect(rig.sent - before).toBe(5);
        await rig.edge.clock.advance(300);
        expect(rig.sent - before).toBe(6);
        await answerAll(rig, before + 5);
        expect(rig.warmer.told()).toMatchObject({ fetched: 8, failed: 5, waiting: 0 });
      },
      { concurrency: 1, hasBreaker: false },
    ));

  test('no longer when one lookup had no answer, though the next would have', () =>
    withWarmer(
      async (rig) => {
        await rig.filled(3);
        const before = rig.sent;
        let lookups = 0;
        await rig.observed.flush();
        rig.edge.cache.before = () => {
          rig.edge.cache.away = lookups === 0;
          lookups += 1;
        };
        await rig.edge.clock.advance(1_000);
        expect([lookups, rig.sent - before]).toEqual([1, 0]);
      },
      { concurrency: 1 },
    ));

  test('for no cache that is away: that begins a new life when it is back', () =>
    withWarmer(async (rig) => {
      await rig.filled(2);
      const before = rig.sent;
      await rig.observed.flush();
      rig.edge.cache.away = true;
      await rig.passMoment();
      rig.edge.cache.away = false;
      await rig.edge.clock.advance(1_000);
      expect(rig.sent).toBe(before);
      expect(rig.warmer.told()).toMatchObject({ waiting: 0, underWay: 0 });
    }));
});

test('regions that lose the same at once do not begin together', async () => {
  const begun = new Set<number>();
  const rig = await new WarmingRig().filled(1);
  for (let at = 0; at < 20; at += 1) {
    const before = rig.sent;
    await rig.observed.flush();
    const fromMs = rig.edge.clock.monotonicMs();
    while (rig.sent === before) await rig.edge.clock.advance(1);
    begun.add(rig.edge.clock.monotonicMs() - fromMs);
    rig.edge.origin.held(before).content(1);
    await rig.edge.clock.settle();
  }
  expect(begun.size).toBeGreaterThan(5);
  expect(Math.max(...begun)).toBeLessThanOrEqual(51);
});

test('when it is closed nothing more is fetched', async () => {
  const rig = await new WarmingRig().filled(4);
  await rig.observed.flush();
  await rig.passMoment();
  const before = rig.sent;
  rig.warmer.close();
  rig.edge.origin.held(before - 1).content(1);
  rig.edge.origin.held(before - 2).fail();
  await rig.edge.clock.settle();
  await rig.observed.flush();
  await rig.edge.clock.advance(1_000);
  expect(rig.sent).toBe(before);
});
