import { describe, expect, it } from 'vitest';
import { askEach, inOrder } from './purged-tiers.ts';

const REQUEST = { method: 'PURGE', path: '/7', headers: {} };

describe('a cache and its shield', () => {
  it('are purged in the order asked for', () => {
    const tiers = { cache: 'cache', shield: 'shield' };
    expect(inOrder(tiers, 'purged-first')).toEqual(['shield', 'cache']);
    expect(inOrder(tiers, 'purged-last')).toEqual(['cache', 'shield']);
    expect(inOrder({ cache: 'cache', shield: undefined }, undefined)).toEqual(['cache']);
  });

  it.each([
    [[200, 200], 200, 2],
    [[200, 503], 503, 2],
    [[503, 200], 503, 1],
  ])(
    'that answer %j have answered %d, after %d requests: the second is not asked before the first has taken it',
    async (statuses, wanted, times) => {
      let asked = 0;
      const asks = statuses.map((status) => async () => {
        asked += 1;
        return { status };
      });
      expect(await askEach(asks, [200])(REQUEST)).toEqual({ status: wanted });
      expect(asked).toBe(times);
    },
  );
});
