/** A log that begins above 0: what it dropped before anything was applied here might have been for anything. */
import { describe, expect, test } from 'vitest';
import { MemoryLog, partitionOf } from '../log/memory.ts';
import { contentKey } from '../protocol/content.ts';
import { contentOf, DELAY_MS, entryOf, expectAllApplied, type Region, withRegion, writeOf } from './testing/kit.ts';

/** Longer than any backoff. */
const REPAIRED_MS = 5_000;
const PARTITIONS = 3;

/** The log of a region, whose records can be made to lapse. */
function logOf({ log }: Region): MemoryLog {
  if (!(log.inner instanceof MemoryLog)) throw new Error('expected a log in memory');
  return log.inner;
}

/** The next version of a content is published, and dropped before the edge is handed it. */
async function loseWrite(region: Region, id: number, version: number, partition = 0): Promise<void> {
  const log = logOf(region);
  const appending = log.append([writeOf(id, version)]);
  log.dropBelow(partition, Number.MAX_SAFE_INTEGER);
  await appending;
}

async function restart(region: Region, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  await region.restartEdge();
  await meanwhile();
  await region.start();
  await region.clock.advance(DELAY_MS + REPAIRED_MS);
}

/** Nothing of the log was ever applied, and content 7 is cached. */
async function withNothingApplied(use: (region: Region) => Promise<void>, options: Parameters<typeof withRegion>[0] = {}): Promise<void> {
  await withRegion(options, async (region) => {
    await region.start();
    await region.store(contentOf(7, 1));
    expect(await region.stateOf(7)).toBe('fresh');
    await use(region);
  });
}

function idIn(partition: number): number {
  const found = Array.from({ length: 100 }, (_, at) => at + 1).find((id) => partitionOf(contentKey(id), PARTITIONS) === partition);
  if (found === undefined) throw new Error(`expected a key in partition ${partition}, found none`);
  return found;
}

describe('where nothing of a partition was applied and the log has dropped what there was', () => {
  for (const strategy of ['eager', 'lazy'] as const) {
    test(`what was cached before is invalid once an edge has started again (${strategy})`, () =>
      withNothingApplied(
        async (region) => {
          await restart(region, () => loseWrite(region, 7, 2));
          expect(await region.stateOf(7)).toBe('invalid');
          expect(region.invalidator.status()).toMatchObject({ catchingUp: false, overdueMs: 0 });
          expect(await region.store(contentOf(7, 2))).toBe('stored');
          expect(await region.stateOf(7)).toBe('fresh');
        },
        { strategy },
      ));
  }

  test('it is so once an edge that went on running is assigned its partitions anew', () =>
    withNothingApplied(async (region) => {
      await loseWrite(region, 7, 2);
      await region.clock.advance(REPAIRED_MS);
      expect(await region.stateOf(7)).toBe('invalid');
      expect(region.invalidator.catchingUp()).toBe(false);
    }));

  test('a fetch that began before is not stored', () =>
    withNothingApplied(async (region) => {
      const stamp = await region.cache.lookup(contentKey(9));
      await loseWrite(region, 9, 2);
      await region.clock.advance(REPAIRED_MS);
      const late = entryOf(contentOf(9, 1), region.clock.now());
      expect(await region.cache.fill(contentKey(9), late, stamp)).toBe('hard-epoch');
    }));

  test('that costs one cold cache, not one at each start', () =>
    withNothingApplied(async (region) => {
      await loseWrite(region, 7, 2);
      await region.clock.advance(REPAIRED_MS);
      await region.store(contentOf(7, 2));
      for (let start = 0; start < 3; start += 1) await restart(region);
      await region.log.rejoin();
      await region.clock.advance(REPAIRED_MS);
      expect(await region.stateOf(7)).toBe('fresh');
    }));

  test('what comes afterwards is applied in its place, without a gap', () =>
    withNothingApplied(async (region) => {
      await loseWrite(region, 7, 2);
      await region.clock.advance(REPAIRED_MS);
      const asked = region.cache.calls.filter((call) => call === 'positions').length;
      await region.store(contentOf(8, 1));
      await region.log.append([writeOf(8, 2), writeOf(8, 3)]);
      await region.clock.advance(DELAY_MS);
      expect(await region.stateOf(8)).toBe('invalid');
      await expectAllApplied(region);
      expect(region.cache.calls.filter((call) => call === 'positions').length).toBe(asked);
      await restart(region);
      await expectAllApplied(region);
      expect(region.cache.calls).not.toContain('forgetLog');
    }));

  test('what is dropped next, before any of it was applied, makes everything invalid again', () =>
    withNothingApplied(async (region) => {
      await loseWrite(region, 7, 2);
      await region.clock.advance(REPAIRED_MS);
      await region.store(contentOf(7, 2));
      await restart(region, () => loseWrite(region, 7, 3));
      expect(await region.stateOf(7)).toBe('invalid');
    }));

  for (const { title, lost } of [
    { title: 'that begins at 0', lost: 0 },
    { title: 'that begins further on', lost: 3 },
  ]) {
    test(`a log made anew ${title} is another one, and read on from its last record`, () =>
      withNothingApplied(async (region) => {
        await loseWrite(region, 7, 2);
        await region.clock.advance(REPAIRED_MS);
        await region.store(contentOf(7, 2));
        const other = region.createLog();
        await other.append(Array.from({ length: lost }, () => writeOf(5, 2)));
        other.dropBelow(0, lost);
        await other.append([writeOf(6, 2)]);
        await region.log.rejoin(other);
        await region.clock.advance(DELAY_MS + REPAIRED_MS);
        expect(await region.stateOf(7)).toBe('invalid');
        expect(await region.store(contentOf(6, 1))).toBe('below-hard-minimum');
        await expectAllApplied(region);
      }));
  }

  test('in one partition, the others go on where they stood', () =>
    withNothingApplied(
      async (region) => {
        const [first, second] = [idIn(0), idIn(1)];
        await region.log.append([writeOf(first, 2)]);
        await region.clock.advance(DELAY_MS);
        await restart(region, () => loseWrite(region, second, 2, 1));
        expect(await region.stateOf(7)).toBe('invalid');
        expect(region.cache.calls).not.toContain('forgetLog');
        expect(region.appliedOffsets()).toEqual(
          new Map([
            [0, 0],
            [1, 0],
          ]),
        );
        expect(region.meter.snapshot().metrics.totalInvalidations).toBe(0);
      },
      { partitions: PARTITIONS },
    ));

  test('a cache that is away when that is found out is told when it is back', () =>
    withNothingApplied(async (region) => {
      let refused = 0;
      region.cache.failing = (batch) => {
        refused += 1;
        return refused < 4 ? batch.map((_, at) => at) : [];
      };
      await restart(region, () => loseWrite(region, 7, 2));
      expect(await region.stateOf(7)).toBe('invalid');
      expect(region.invalidator.catchingUp()).toBe(false);
    }));
});
