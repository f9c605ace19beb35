/**
 * Turns of a race that somebody looks on at: each waits for its own, in order, and how long that takes counts nowhere.
 */
import { expect, it } from 'vitest';
import { sleep } from '../../services/runtime/clock.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import type { Turn } from './step-by-step.ts';
import { Turns } from './turns.ts';

const READ: Turn = { act: 'read', name: 'reader A', canWait: true };
const PURGE: Turn = { act: 'purge', canWait: false };

it('without anybody who looks on a turn begins at once', () => {
  let begun = 0;
  void new Turns({ clock: new VirtualClock() }).take(READ, async () => {
    begun += 1;
  });
  expect(begun).toBe(1);
});

it('turns begin one after another, each when it may, and the time between is told', async () => {
  const clock = new VirtualClock();
  const asked: Turn[] = [];
  const mayBegin = async (turn: Turn) => {
    asked.push(turn);
    await sleep(clock, turn.canWait ? 60_000 : 0);
  };
  const turns = new Turns({ clock, stepByStep: { mayBegin, onStep: () => {} } });
  const begun: string[] = [];
  const take = (turn: Turn) => turns.take(turn, async () => void begun.push(turn.act));
  await clock.runUntil(
    (async () => {
      void take(READ);
      void take(PURGE);
      expect(begun).toEqual([]);
      await turns.begun();
    })(),
  );
  expect([begun, asked.map(({ act }) => act), turns.waitedMs]).toEqual([['read', 'purge'], ['read', 'purge'], 60_000]);
});

it('what was pressed does not wait, and that once', async () => {
  const asked: boolean[] = [];
  const mayBegin = async ({ canWait }: Turn) => void asked.push(canWait);
  const turns = new Turns({ clock: new VirtualClock(), stepByStep: { mayBegin, onStep: () => {} } });
  turns.press();
  for (const turn of [READ, READ]) await turns.take(turn, async () => {});
  expect(asked).toEqual([false, true]);
});

it('of a race that was stopped nothing begins', async () => {
  const mayBegin = () => Promise.reject(new Error('stopped'));
  const turns = new Turns({ clock: new VirtualClock(), stepByStep: { mayBegin, onStep: () => {} } });
  let begun = 0;
  const take = () =>
    turns.take(READ, async () => {
      begun += 1;
    });
  await expect(take()).rejects.toThrow('stopped');
  await expect(take()).rejects.toThrow('stopped');
  await expect(turns.begun()).rejects.toThrow('stopped');
  expect(begun).toBe(0);
});
