/** What readers get while the breaker is open: at once what there is, and the origin is left alone. */
import { describe, expect, test } from 'vitest';
import { ROW_MAX } from './breaker.ts';
import { OriginUnavailable } from './origin-client.ts';
import { contentAnswer, LIFETIMES, NOT_FRESH_MS, ONLY_IF_ERROR_MS, type ReaderRig, withReader } from './testing/reader.ts';

const TERMS = { leaseMs: 5_000, skewMs: 500 };
const AWAY = () => Promise.reject(new OriginUnavailable('the origin is away'));
const [CACHED, OTHER] = [1, 1_000];

/** Ids that nobody has read. */
async function open(rig: ReaderRig): Promise<void> {
  rig.origin.answer = AWAY;
  for (let at = 0; at < ROW_MAX; at += 1) await rig.breaking.read(OTHER + at).catch(() => {});
  expect(rig.breaker.told()).toMatchObject({ state: 'open', refused: 0 });
}

const countsOf = ({ meter }: ReaderRig) => {
  const { originFetches, failedFetches } = meter.snapshot();
  return { originFetches, failedFetches };
};

describe('while the breaker is open', () => {
  test('what is not cached fails at once, and says when to come back', () =>
    withReader(async (rig) => {
      await open(rig);
      const sentMs = rig.clock.monotonicMs();
      await expect(rig.breaking.read(OTHER + 9)).rejects.toMatchObject({ code: 'unavailable', status: 503, retryAfterS: 1 });
      expect(rig.clock.monotonicMs()).toBe(sentMs);
      expect(rig.origin.fetches).toHaveLength(ROW_MAX);
      expect(countsOf(rig), 'only what was sent is counted').toEqual({ originFetches: ROW_MAX, failedFetches: ROW_MAX });
    }));

  test('stale-if-error answers at once, and no longer than it may', () =>
    withReader(async (rig) => {
      await rig.readThrough(CACHED, 1);
      await rig.clock.advance(ONLY_IF_ERROR_MS);
      await open(rig);
      const before = rig.origin.fetches.length;
      expect(await rig.breaking.read(CACHED)).toMatchObject({ source: 'cache', status: 'stale', entry: { version: 1 } });
      expect(rig.origin.fetches).toHaveLength(before);
      await rig.clock.advance(LIFETIMES.staleIfErrorMs);
      await open(rig).catch(() => {});
      await expect(rig.breaking.read(CACHED)).rejects.toMatchObject({ code: 'unavailable' });
    }));

  test('what a hard event made invalid is not answered', () =>
    withReader(async (rig) => {
      await rig.readThrough(CACHED, 1);
      rig.write(CACHED, 2, 'hard');
      await open(rig);
      await expect(rig.breaking.read(CACHED)).rejects.toMatchObject({ code: 'unavailable' });
    }));

  test('no revalidation is begun, until one may be the probe', () =>
    withReader(async (rig) => {
      await rig.readThrough(CACHED, 1);
      await rig.clock.advance(NOT_FRESH_MS);
      await open(rig);
      const before = rig.origin.fetches.length;
      for (let at = 0; at < 10; at += 1) expect(await rig.breaking.read(CACHED)).toMatchObject({ status: 'stale' });
      expect(rig.origin.fetches).toHaveLength(before);
      expect(rig.breaker.told().refused).toBe(0);
      await rig.clock.advance(300);
      rig.origin.answer = async (id) => contentAnswer(id, 2);
      expect(await rig.breaking.read(CACHED)).toMatchObject({ status: 'stale' });
      await rig.clock.settle();
      expect(rig.origin.fetches).toHaveLength(before + 1);
      expect(rig.breaker.told()).toMatchObject({ state: 'closed', probes: 1 });
      expect(await rig.breaking.read(CACHED)).toMatchObject({ status: 'fresh', entry: { version: 2 } });
    }));

  test('A11: nor one that only a lease asks for', () =>
    withReader(
      async (rig) => {
        await rig.readThrough(CACHED, 1);
        await rig.clock.advance(TERMS.leaseMs + 1);
        await open(rig);
        const before = rig.origin.fetches.length;
        expect(await rig.breaking.read(CACHED)).toMatchObject({ status: 'stale', term: { isOut: true } });
        expect(rig.origin.fetches).toHaveLength(before);
      },
      { terms: TERMS },
    ));

  test('1,000 readers of 1,000 keys that wait for the interval make one probe', () =>
    withReader(async (rig) => {
      await open(rig);
      await rig.clock.advance(300);
      rig.origin.answer = undefined;
      const before = rig.origin.fetches.length;
      const reading = Promise.allSettled(Array.from({ length: 1_000 }, (_, at) => rig.breaking.read(2_000 + at)));
      await rig.clock.settle();
      expect(rig.origin.fetches).toHaveLength(before + 1);
      rig.origin.held(before).content(1);
      expect((await reading).filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      rig.origin.answer = async (id) => contentAnswer(id, 1);
      expect(await rig.breaking.read(3_000)).toMatchObject({ source: 'origin' });
    }));

  test('nobody joins the probe, nor what was sent before it opened', () =>
    withReader(async (rig) => {
      const early = rig.breaking.read(CACHED).catch(({ code }) => code);
      await rig.clock.settle();
      await open(rig);
      await expect(rig.breaking.read(CACHED)).rejects.toMatchObject({ code: 'unavailable' });
      await rig.clock.advance(300);
      rig.origin.answer = undefined;
      const probing = rig.breaking.read(OTHER + 9);
      await rig.clock.settle();
      await expect(rig.breaking.read(OTHER + 9)).rejects.toMatchObject({ code: 'unavailable' });
      rig.origin.held(rig.origin.fetches.length - 1).content(1);
      expect(await probing).toMatchObject({ source: 'origin' });
      rig.origin.held(0).fail();
      expect(await early).toBe('unavailable');
      expect(rig.meter.snapshot().coalesced).toBe(0);
    }));

  test('past a cache that is away it fails at once, too', () =>
    withReader(async (rig) => {
      await open(rig);
      rig.cache.away = true;
      const before = rig.origin.fetches.length;
      await expect(rig.breaking.read(CACHED)).rejects.toMatchObject({ code: 'unavailable' });
      expect(rig.origin.fetches).toHaveLength(before);
      await rig.clock.advance(300);
      rig.origin.answer = undefined;
      const probing = rig.breaking.read(CACHED);
      await rig.clock.settle();
      await expect(rig.breaking.read(CACHED), 'beside the probe').rejects.toMatchObject({ code: 'unavailable' });
      rig.origin.held(before).content(1);
      expect(await probing).toMatchObject({ source: 'origin' });
    }));

  test('the longer it is until the next probe, the later a reader is told to come back', () =>
    withReader(async (rig) => {
      await open(rig);
      for (const intervalMs of [250, 500, 1_000]) {
        await rig.clock.advance(intervalMs);
        await rig.breaking.read(OTHER).catch(() => {});
      }
      expect(rig.breaker.told()).toMatchObject({ state: 'open', probes: 3 });
      await expect(rig.breaking.read(OTHER)).rejects.toMatchObject({ retryAfterS: 2 });
    }));
});

test('404s are answers: a region that is asked for nothing else keeps its breaker closed', () =>
  withReader(async (rig) => {
    rig.origin.answer = async () => ({ kind: 'missing', version: 0 });
    for (let at = 0; at < 100; at += 1) expect((await rig.breaking.read(OTHER + at)).entry.content).toBeNull();
    expect(rig.breaker.told()).toEqual({ state: 'closed', opened: 0, refused: 0, probes: 0 });
  }));
