/** Spells of lateness, on a clock whose timers run when the test lets them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Clock } from './clock.ts';
import { meterLateness, type Spell, waitedForProcessorMs, watchLateness } from './lateness.ts';

/** Runs what is due when it is told to, however late that is. */
class HeldClock implements Clock {
  #nowMs = 0;
  #due: { readonly atMs: number; readonly callback: () => void } | undefined;

  now(): number {
    return Date.UTC(2030, 0, 1) + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void) {
    this.#due = { atMs: this.#nowMs + delayMs, callback };
    return { cancel: () => (this.#due = undefined) };
  }

  /** Each number: how late the next timer runs. */
  run(lateMs: readonly number[]): void {
    for (const late of lateMs) {
      const due = this.#due;
      this.#due = undefined;
      this.#nowMs = (due?.atMs ?? this.#nowMs) + late;
      due?.callback();
    }
  }

  get isHeld(): boolean {
    return this.#due !== undefined;
  }
}

function spellsOf(lateMs: readonly number[]): readonly Spell[] {
  const clock = new HeldClock();
  const spells: Spell[] = [];
  const watch = watchLateness({ clock }, (spell) => spells.push(spell));
  clock.run(lateMs);
  watch.flush();
  return spells;
}

describe('what timers run late', () => {
  const cases: readonly (readonly [title: string, lateMs: readonly number[], spells: readonly Spell[]])[] = [
    ['is nothing below what is coarse', [0, 9, 9, 3], []],
    ['is one spell from when it was due until it ran', [0, 3_000], [{ fromMs: 50, toMs: 3_050, lateMs: 3_000 }]],
    ['is one spell where the next is late, too: the time between them was not', [20, 30], [{ fromMs: 25, toMs: 100, lateMs: 50 }]],
    [
      'is two where one in between was on time',
      [20, 0, 30],
      [
        { fromMs: 25, toMs: 45, lateMs: 20 },
        { fromMs: 95, toMs: 125, lateMs: 30 },
      ],
    ],
    [
      'is no longer than a quarter of a second',
      [100, 100, 100],
      [
        { fromMs: 25, toMs: 250, lateMs: 200 },
        { fromMs: 275, toMs: 375, lateMs: 100 },
      ],
    ],
    [
      'is as long as it was where one alone is later than that',
      [20, 900],
      [
        { fromMs: 25, toMs: 45, lateMs: 20 },
        { fromMs: 70, toMs: 970, lateMs: 900 },
      ],
    ],
  ];
  it.each(cases)('%s', (_title, lateMs, spells) => {
    expect(spellsOf(lateMs)).toEqual(spells);
  });

  it('is told of no more after the close', () => {
    const clock = new HeldClock();
    watchLateness({ clock }, () => {}).close();
    expect(clock.isHeld).toBe(false);
  });
});

describe('what is told of it', () => {
  it('has sums, the most, and each spell with its number and its age', () => {
    const clock = new HeldClock();
    const meter = meterLateness({ clock });
    clock.run([0, 40, 0, 0, 100, 0]);
    expect(meter.report()).toMatchObject({
      since: '2030-01-01T00:00:00.000Z',
      lateMs: 140,
      lateMsMax: 100,
      spells: [
        { number: 0, overMs: 40, lateMs: 40, endedMsAgo: 200 },
        { number: 1, overMs: 100, lateMs: 100, endedMsAgo: 25 },
      ],
    });
  });

  it('never tells another length of a spell that it has told', () => {
    const clock = new HeldClock();
    const meter = meterLateness({ clock });
    clock.run([40]);
    expect(meter.report().spells.map(({ number, lateMs }) => [number, lateMs])).toEqual([[0, 40]]);
    clock.run([50]);
    expect(meter.report().spells.map(({ number, lateMs }) => [number, lateMs])).toEqual([
      [0, 40],
      [1, 50],
    ]);
  });

  it('loses none for a poller that asks once a second, however busy it is', () => {
    const clock = new HeldClock();
    const meter = meterLateness({ clock });
    let next = 0;
    for (let second = 0; second < 300; second += 1) {
      const until = clock.monotonicMs() + 1_000;
      for (let at = 0; clock.monotonicMs() < until; at += 1) clock.run([at % 3 === 0 ? 12 : 0]);
      const told = meter.report().spells.filter(({ number }) => number >= next);
      expect(told[0]?.number).toBe(next);
      next += told.length;
    }
    expect(next).toBeGreaterThan(3_000);
  });

  it('has a bound, and forgets what is over for more than a minute', () => {
    const clock = new HeldClock();
    const meter = meterLateness({ clock });
    clock.run(Array.from({ length: 2_000 }, (_, at) => (at % 3 === 0 ? 12 : 0)));
    expect(meter.report().spells).toHaveLength(200);
    clock.run(Array.from({ length: 2_500 }, () => 0));
    expect(meter.report()).toMatchObject({ spells: [], lateMs: 667 * 12 });
  });

  it.skipIf(waitedForProcessorMs() === undefined)('says on Linux how long the process waited for a processor', () => {
    const [, waitedNs] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number);
    const waitedMs = meterLateness({ clock: new HeldClock() }).report().waitedMs;
    expect(waitedMs).toBeGreaterThanOrEqual((waitedNs ?? 0) / 1_000_000);
  });
});
