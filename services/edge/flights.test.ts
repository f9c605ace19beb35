import { describe, expect, test } from 'vitest';
import { Flights } from './flights.ts';

function held(): { start: () => Promise<string>; land: (text: string) => void; crash: () => void; started: () => number } {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let started = 0;
  return {
    start: () => {
      started += 1;
      return promise;
    },
    land: resolve,
    crash: () => reject(new Error('crashed')),
    started: () => started,
  };
}

const AT_3 = { clock: 3, life: 'one', fence: 3 };

describe('Flights', () => {
  for (const { title, boarding, joins } of [
    { title: 'whose fence is the clock of the flight', boarding: { clock: 3, life: 'one', fence: 3 }, joins: true },
    { title: 'whose fence is below the clock of the flight', boarding: { clock: 9, life: 'one', fence: 2 }, joins: true },
    { title: 'whose fence is above the clock of the flight', boarding: { clock: 9, life: 'one', fence: 4 }, joins: false },
    { title: 'of another life', boarding: { clock: 3, life: 'other', fence: 0 }, joins: false },
  ]) {
    test(`a reader ${title} ${joins ? 'joins it' : 'starts another'}`, async () => {
      const flights = new Flights<string>();
      const [first, second] = [held(), held()];
      flights.board('key', AT_3, first.start);
      const { landed, joined } = flights.board('key', boarding, second.start);
      first.land('first');
      second.land('second');
      expect([joined, await landed, second.started()]).toEqual(joins ? [true, 'first', 0] : [false, 'second', 1]);
    });
  }

  test('a flight joined from a later clock keeps the clock it began with', () => {
    const flights = new Flights<string>();
    flights.board('key', AT_3, held().start);
    flights.board('key', { clock: 9, life: 'one', fence: 3 }, held().start);
    expect(flights.board('key', { clock: 9, life: 'one', fence: 5 }, held().start).joined).toBe(false);
  });

  test('each key has a flight of its own', () => {
    const flights = new Flights<string>();
    flights.board('one', AT_3, held().start);
    expect(flights.board('other', AT_3, held().start).joined).toBe(false);
    expect([flights.size, flights.has('one'), flights.has('third')]).toEqual([2, true, false]);
  });

  test('a flight that landed or crashed is not joined', async () => {
    const flights = new Flights<string>();
    for (const end of ['land', 'crash'] as const) {
      const flight = held();
      const { landed } = flights.board('key', AT_3, flight.start);
      flight[end]('landed');
      await landed.catch(() => {});
      expect(flights.size).toBe(0);
    }
    expect(flights.board('key', AT_3, held().start).joined).toBe(false);
  });

  test('a closed flight is not joined, and answers those on board', async () => {
    const flights = new Flights<string>();
    const flight = held();
    const { landed } = flights.board('key', AT_3, flight.start);
    flights.close('key');
    expect(flights.board('key', AT_3, held().start).joined).toBe(false);
    flight.land('landed');
    expect(await landed).toBe('landed');
    expect(flights.size).toBe(1);
  });

  test('an older flight that lands late leaves the one that took its place', async () => {
    const flights = new Flights<string>();
    const [older, newer] = [held(), held()];
    const { landed } = flights.board('key', AT_3, older.start);
    flights.board('key', { clock: 5, life: 'one', fence: 5 }, newer.start);
    older.land('older');
    expect(await landed).toBe('older');
    const joining = flights.board('key', { clock: 5, life: 'one', fence: 5 }, held().start);
    newer.land('newer');
    expect([joining.joined, await joining.landed]).toEqual([true, 'newer']);
  });
});
