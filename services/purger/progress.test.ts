/** That how far a purger has come is never stored before what it must know by then. */
import { describe, expect, it } from 'vitest';
import type { Position } from '../edge/cache/cache.ts';
import { silentLogger } from '../runtime/log.ts';
import { Progress } from './progress.ts';
import type { PurgerStore } from './store.ts';

function at(offset: number): Position {
  return { partition: 0, offset, id: `event-${offset}`, time: 0 };
}

/** Notes what it is given; each is kept waiting until it is let go. */
class HeldStore implements PurgerStore {
  readonly notes: string[] = [];
  #goOn: () => void = () => {};
  #fails = false;

  async read() {
    return { positions: new Map(), ids: new Set(['1']) };
  }

  writePositions(positions: ReadonlyMap<number, Position>): Promise<void> {
    return this.#hold(`positions ${[...positions.values()].map(({ offset }) => offset)}`);
  }

  addIds(ids: readonly string[]): Promise<void> {
    return this.#hold(`ids ${ids}`);
  }

  async letGo({ fails = false } = {}): Promise<void> {
    this.#fails = fails;
    this.#goOn();
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #hold(note: string): Promise<void> {
    this.notes.push(note);
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
    });
    if (this.#fails) throw new Error('no space left');
  }
}

async function withProgress(use: (progress: Progress, store: HeldStore, told: number[]) => Promise<void>): Promise<void> {
  const store = new HeldStore();
  const told: number[] = [];
  const progress = new Progress({ store, logger: silentLogger }, (positions) => told.push(positions.get(0)?.offset ?? -1));
  await progress.read();
  await use(progress, store, told);
}

describe('how far it has come', () => {
  it('is stored after the ids that were named until then, and without what was done since', () =>
    withProgress(async (progress, store, told) => {
      progress.name(['1', '2', '2']);
      progress.done(at(0));
      await store.letGo();
      expect(store.notes).toEqual(['ids 2']);
      progress.name(['3']);
      progress.done(at(1));
      progress.done(at(2));
      await store.letGo();
      expect(store.notes).toEqual(['ids 2', 'positions 0']);
      expect(told).toEqual([]);
      for (let step = 0; step < 3; step += 1) await store.letGo();
      await progress.stored();
      expect(store.notes).toEqual(['ids 2', 'positions 0', 'ids 3', 'positions 2']);
      expect(told).toEqual([0, 2]);
    }));

  it('is not stored while the ids are not; both are tried again with the next record', () =>
    withProgress(async (progress, store, told) => {
      progress.name(['2']);
      progress.done(at(0));
      await store.letGo();
      await store.letGo({ fails: true });
      expect([progress.isStored, store.notes, told]).toEqual([false, ['ids 2'], []]);
      progress.name(['3']);
      progress.done(at(1));
      for (let step = 0; step < 3; step += 1) await store.letGo();
      await progress.stored();
      expect([progress.isStored, store.notes, told]).toEqual([true, ['ids 2', 'ids 2,3', 'positions 1'], [1]]);
    }));
});
