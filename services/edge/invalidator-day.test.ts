/** A log that holds what it keeps: a day of heartbeats, in each partition, before the last of them an event. */
import { describe, expect, test } from 'vitest';
import type { LogMessage } from '../log/log.ts';
import { heartbeatValue } from '../protocol/heartbeat.ts';
import { INVALIDATION_PARTITIONS } from '../protocol/invalidation.ts';
import { contentOf, DELAY_MS, type Region, withRegion, writeOf } from './testing/kit.ts';

const LEASED = { skewMs: 500, partitions: INVALIDATION_PARTITIONS };
const DAY_S = 86_400;
const AT_ONCE = 10_000;
/** Longer than any backoff; and what a region may take that was cut off (figures.md). */
const REPAIRED_MS = 5_000;
const CAUGHT_UP_MS = 2_000;
/** A run of heartbeats is one: far fewer steps than one for each. */
const STEPS_MAX = 1_000;
const MS_MAX = 120_000;

function beats(time: number): LogMessage[] {
  const value = heartbeatValue({ time, partitions: INVALIDATION_PARTITIONS });
  return Array.from({ length: INVALIDATION_PARTITIONS }, (_, partition) => ({ key: 'heartbeat', value, headers: {}, partition }));
}

/** One a second, all before now. */
async function appendDay({ log, clock }: Region): Promise<void> {
  const begun = clock.now() - DAY_S * 1_000;
  for (let s = 0; s < DAY_S; s += AT_ONCE) {
    const seconds = Array.from({ length: Math.min(AT_ONCE, DAY_S - s) }, (_, at) => s + at);
    await log.append(seconds.flatMap((second) => beats(begun + second * 1_000)));
  }
}

async function isCaughtUp(region: Region): Promise<boolean> {
  const [applied, ends] = [region.appliedOffsets(), await region.endOffsets()];
  return !region.invalidator.catchingUp() && [...ends].every(([partition, end]) => applied.get(partition) === end);
}

describe('over a log with a day of heartbeats', { timeout: MS_MAX }, () => {
  test('a cache that is new, or came back empty, has read the last record of each partition and no other', () =>
    withRegion(LEASED, async (region) => {
      await region.log.append([writeOf(1, 2)]);
      await appendDay(region);
      await region.start();
      await region.clock.advance(DELAY_MS);
      const heartbeats = () => region.invalidator.status().evidence?.heartbeats;
      expect([await isCaughtUp(region), heartbeats()]).toEqual([true, INVALIDATION_PARTITIONS]);
      region.server.restart();
      await region.clock.advance(REPAIRED_MS);
      expect([await isCaughtUp(region), heartbeats()]).toEqual([true, 2 * INVALIDATION_PARTITIONS]);
    }));

  test('a cache that came back from before it reads all of it, in few steps, and has caught up as soon as after any cut', () =>
    withRegion(LEASED, async (region) => {
      await region.start();
      await region.log.append(beats(region.clock.now()));
      await region.clock.advance(DELAY_MS);
      await region.restartEdge();
      region.server.restart(region.server.store.copy('before the day'));
      await appendDay(region);
      await region.log.append([writeOf(1, 2)]);
      await region.start();
      await region.clock.advance(CAUGHT_UP_MS);
      expect(await isCaughtUp(region)).toBe(true);
      const steps = region.cache.calls.filter((call) => call === 'pass').length;
      expect([steps > 0, steps < STEPS_MAX]).toEqual([true, true]);
      expect(await region.store(contentOf(1, 1))).toBe('below-hard-minimum');
    }));
});
