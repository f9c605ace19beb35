/**
 * What overlaps when several things go wrong at once: assignments, take-ups, applies, new lives, and records in
 * between.
 */
import { describe, expect, test } from 'vitest';
import { LogUnavailable } from '../log/log.ts';
import { contentOf, DELAY_MS, expectAllApplied, withRegion, writeOf } from './testing/kit.ts';

const REPAIRED_MS = 5_000;

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

describe('take-ups', () => {
  test('a record applied while the bounds of the log are asked for does not make the log another one', () =>
    withRegion({ delayMs: 0, partitions: 3 }, async (region) => {
      const toEach = (version: number) => [1, 2, 3, 4, 5, 6].map((id) => writeOf(id, version));
      await region.start();
      await region.log.append(toEach(2));
      await region.clock.settle();
      const gate = createGate();
      const { inner } = region.log;
      const bounds = inner.bounds.bind(inner);
      let asked = false;
      inner.bounds = async () => {
        const known = await bounds();
        asked = true;
        await gate.opened;
        return known;
      };
      region.cache.failing = ([first]) => (first?.position.partition === 0 && !asked ? [0] : []);
      await region.log.append(toEach(3));
      await region.clock.advance(100);
      expect(asked).toBe(true);
      await region.log.append(toEach(4));
      await region.clock.settle();
      gate.open();
      await region.clock.advance(REPAIRED_MS);
      expect(region.cache.calls).not.toContain('forgetLog');
      await expectAllApplied(region);
    }));

  test('one whose bounds were those of the log before does not judge positions in the log that came after', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.settle();
      const gate = createGate();
      const { inner } = region.log;
      const bounds = inner.bounds.bind(inner);
      inner.bounds = async () => {
        const known = await bounds();
        await gate.opened;
        return known;
      };
      region.server.restart();
      await region.clock.settle();
      const other = region.createLog();
      await other.append([2, 3, 4, 5].map((id) => writeOf(id, 2)));
      await region.log.rejoin(other);
      await region.clock.settle();
      await expectAllApplied(region);
      gate.open();
      await region.clock.advance(REPAIRED_MS);
      expect(region.cache.calls).not.toContain('forgetLog');
      await expectAllApplied(region);
    }));

  test('one whose positions were read before the group rejoined another log gives way to the assignment', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2), writeOf(1, 3), writeOf(1, 4)]);
      await region.clock.settle();
      const gate = createGate();
      const takeUp = region.cache.takeUp.bind(region.cache);
      let held = false;
      region.cache.takeUp = async () => {
        const known = await takeUp();
        if (held) return known;
        held = true;
        await gate.opened;
        return known;
      };
      region.cache.apply = async (batch) => batch.map(() => 'gap');
      await region.log.append([writeOf(9, 2)]);
      await region.clock.advance(100);
      expect(held).toBe(true);
      Reflect.deleteProperty(region.cache, 'apply');
      const other = region.createLog();
      await other.append([writeOf(2, 2)]);
      await region.log.rejoin(other);
      gate.open();
      await region.clock.advance(REPAIRED_MS);
      await expectAllApplied(region);
      await other.append([writeOf(3, 2)]);
      await region.clock.settle();
      await expectAllApplied(region);
    }));

  test('one asked for at any moment of another is not lost, nor is any event', async () => {
    for (let pause = 0; pause < 40; pause += 1) {
      await withRegion({ delayMs: 0 }, async (region) => {
        await region.start();
        await region.log.append([writeOf(1, 2)]);
        await region.clock.settle();
        region.server.restart();
        await turns(pause);
        const appending = region.log.append([writeOf(2, 2)]);
        for (let life = 0; life < 3; life += 1) {
          region.server.restart();
          await turns(pause % 7);
        }
        await appending;
        await region.clock.advance(REPAIRED_MS);
        await expectAllApplied(region);
        expect(await region.store(contentOf(2, 1)), `after ${pause} turns`).toBe('below-hard-minimum');
      });
    }
  });

  test('a gap that comes back again and again is no busy loop', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      await region.start();
      region.cache.apply = async (batch) => batch.map(() => 'gap');
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(1_000);
      expect(region.cache.calls.length).toBeLessThan(25);
      Reflect.deleteProperty(region.cache, 'apply');
      await region.clock.advance(REPAIRED_MS);
      await expectAllApplied(region);
    }));

  test('they go on until cache and log both answer, whatever the error', () =>
    withRegion({ delayMs: 0 }, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.settle();
      const other = region.createLog();
      await other.append([writeOf(2, 2)]);
      region.cache.before = (command) => {
        if (command === 'forgetLog' && region.clock.monotonicMs() < 3_000) throw new Error('OOM command not allowed');
      };
      region.log.beforeBounds = () => {
        if (region.clock.monotonicMs() < 2_000) throw new LogUnavailable('no bounds');
      };
      await region.log.rejoin(other);
      await region.clock.advance(3_000 + REPAIRED_MS);
      await expectAllApplied(region);
      expect(await region.store(contentOf(2, 1))).toBe('below-hard-minimum');
    }));

  test('an apply that ends after its queue was dropped leaves nothing behind', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.advance(100);
      await region.log.append([writeOf(2, 2)]);
      const gate = createGate();
      const apply = region.cache.apply.bind(region.cache);
      let held = false;
      region.cache.apply = async (batch) => {
        const outcomes = await apply(batch);
        if (!held) {
          held = true;
          await gate.opened;
        }
        return outcomes;
      };
      await region.clock.advance(DELAY_MS - 100);
      region.server.restart();
      await region.clock.settle();
      gate.open();
      await region.clock.settle();
      expect(region.clock.timers).toBe(1);
      await region.clock.advance(100);
      await expectAllApplied(region);
    }));

  test('timers of queues that were dropped are cancelled', () =>
    withRegion({}, async (region) => {
      await region.start();
      await region.log.append([writeOf(1, 2)]);
      await region.clock.settle();
      for (let life = 0; life < 5; life += 1) {
        region.server.restart();
        const rejoined = region.log.rejoin();
        await region.clock.settle();
        await rejoined;
      }
      expect(region.clock.timers).toBe(1);
    }));
});
