import { describe, expect, it } from 'vitest';
import { RECENT_MAX } from '../../services/runtime/recent.ts';
import { EventList } from './event-list.ts';

/** Newest first: those from `first` to `last`, each at ten times its number. */
const listed = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => ({ id: `e${last - at}`, atMs: (last - at) * 10 }));
const BEGUN_MS = 7;

/** What each list in turn shows. */
function take(...lists: readonly ReturnType<typeof listed>[]) {
  const events = new EventList();
  return lists.map((list) => {
    const { news, unlistedToMs } = events.take(list, { timeOf: ({ atMs }) => atMs, begunMs: BEGUN_MS });
    return [news.map(({ id }) => id).join(' '), unlistedToMs];
  });
}

describe('the last events of a service', () => {
  it('are new once, oldest first', () => {
    expect(take([], listed(1, 2), listed(1, 2), listed(2, 4))).toEqual([
      ['', undefined],
      ['e1 e2', undefined],
      ['', undefined],
      ['e3 e4', undefined],
    ]);
  });

  it('show all as long as each list has the newest of the one before', () => {
    const at = (first: number) => listed(first, first + RECENT_MAX - 1);
    const cuts = take(listed(1, 2), at(2), at(RECENT_MAX + 1), at(2 * RECENT_MAX)).map(([, unlistedToMs]) => unlistedToMs);
    expect(cuts).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('may be without some before the oldest where a list is full of new ones', () => {
    const at = (first: number) => listed(first, first + RECENT_MAX - 1);
    expect(take(at(5)).map(([, unlistedToMs]) => unlistedToMs)).toEqual([50]);
    expect(take(listed(1, 2), at(3)).map(([, unlistedToMs]) => unlistedToMs)).toEqual([undefined, 30]);
  });

  it('may be without some before the list began where it is another one', () => {
    expect(take(listed(1, 5), [], listed(8, 9), [])).toEqual([
      ['e1 e2 e3 e4 e5', undefined],
      ['', BEGUN_MS],
      ['e8 e9', BEGUN_MS],
      ['', BEGUN_MS],
    ]);
  });
});
