/**
 * Which heartbeats a check of the log confirms: those that were applied before it began, where it finds the same log.
 */
import { describe, expect, test } from 'vitest';
import { LOG_CHECK_EVERY_MS } from '../runtime/lease-settings.ts';
import { createRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { CacheUnavailable } from './cache/cache.ts';
import { MemoryCache, MemoryCacheServer } from './cache/memory.ts';
import { Evidence } from './evidence.ts';
import { FaultyCache } from './testing/kit.ts';

class Rig {
  readonly clock = new VirtualClock();
  readonly server = new MemoryCacheServer({ clock: this.clock, random: createRandom(1), markRetentionMs: 1 });
  readonly cache = new FaultyCache(new MemoryCache(this.server));
  readonly evidence: Evidence;
  readonly checks: ((isSame: boolean) => void)[] = [];
  readonly #closing = new AbortController();
  #offset = -1;

  constructor(isShared = false) {
    this.evidence = new Evidence({ cache: this.cache, clock: this.clock, skewMs: 500, isShared });
  }

  start(): void {
    const isSameLog = () => new Promise<boolean>((resolve) => this.checks.push(resolve));
    void this.evidence.confirmAgainAndAgain(isSameLog, this.#closing.signal);
  }

  /** As the queue of the only partition does. */
  async beat(): Promise<number> {
    const worth = this.evidence.worthOf({ time: this.clock.now(), partitions: 1 });
    if (worth === undefined) throw new Error('expected a heartbeat of now to be worth something');
    this.#offset += 1;
    const position = { partition: 0, offset: this.#offset, id: `${this.#offset}`, time: 0 };
    await this.cache.pass({ position, previous: this.#offset - 1, beat: worth });
    this.evidence.applied(0, worth);
    return worth.time;
  }

  async answer(isSame: boolean): Promise<void> {
    this.checks.at(-1)?.(isSame);
    await this.clock.settle();
  }

  async inEffect(): Promise<number | undefined> {
    return (await this.cache.lookup('content:1')).beat;
  }

  close(): void {
    this.#closing.abort();
  }
}

async function withEvidence(use: (rig: Rig) => Promise<void>, { isShared = false } = {}): Promise<void> {
  const rig = new Rig(isShared);
  try {
    await use(rig);
  } finally {
    rig.close();
  }
}

describe('a heartbeat that was applied', () => {
  test('before a check began that finds the same log is in effect', () =>
    withEvidence(async (rig) => {
      const time = await rig.beat();
      rig.start();
      expect(await rig.inEffect()).toBeUndefined();
      await rig.answer(true);
      expect(await rig.inEffect()).toBe(time);
      expect(rig.evidence.status()).toMatchObject({ upTo: time, heartbeats: 1 });
    }));

  test('is not where the check finds another log, or no verdict', () =>
    withEvidence(async (rig) => {
      await rig.beat();
      rig.start();
      await rig.answer(false);
      expect(await rig.inEffect()).toBeUndefined();
    }));

  test('while a check is under way waits for the next one', () =>
    withEvidence(async (rig) => {
      const first = await rig.beat();
      rig.start();
      await rig.clock.advance(100);
      const second = await rig.beat();
      await rig.answer(true);
      expect(await rig.inEffect()).toBe(first);
      await rig.clock.advance(LOG_CHECK_EVERY_MS);
      await rig.answer(true);
      expect(await rig.inEffect()).toBe(second);
    }));

  test('before a take-up that comes during the check is dropped', () =>
    withEvidence(async (rig) => {
      await rig.beat();
      rig.start();
      rig.evidence.drop();
      await rig.answer(true);
      expect(await rig.inEffect()).toBeUndefined();
    }));

  test('is confirmed later by a cache that is away', () =>
    withEvidence(async (rig) => {
      const time = await rig.beat();
      rig.start();
      rig.cache.before = (command) => {
        if (command === 'confirmBeats') throw new CacheUnavailable('away');
      };
      await rig.answer(true);
      rig.cache.before = () => {};
      expect(await rig.inEffect()).toBeUndefined();
      await rig.clock.advance(LOG_CHECK_EVERY_MS);
      await rig.answer(true);
      expect(await rig.inEffect()).toBe(time);
    }));
});

test('what another edge has brought into the same cache is told, too, while this one cannot tell which log it reads', () =>
  withEvidence(
    async (rig) => {
      const time = rig.clock.now() - 1;
      const position = { partition: 0, offset: 0, id: '0', time: 0 };
      await rig.cache.pass({ position, previous: -1, beat: { time, partitions: 1 } });
      await rig.cache.confirmBeats(new Map([[0, time]]));
      rig.start();
      await rig.clock.settle();
      expect(rig.evidence.status()).toMatchObject({ upTo: time, heartbeats: 0 });
      expect(rig.checks).toEqual([]);
    },
    { isShared: true },
  ));
