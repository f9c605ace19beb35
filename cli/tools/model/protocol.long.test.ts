/**
 * The invalidation protocol, searched: with the rules as they should stand every promise holds in every state; with any
 * rule taken out one is violated, and with the rule put back none. Random walks mix every fault. Suites of more than
 * some 31,000 states are left out: `npm run model -- protocol hold` and `protocol large` run all.
 */
import { describe, expect, it } from 'vitest';
import { BREAK } from './protocol/suites/break.ts';
import { HOLD } from './protocol/suites/hold.ts';
import { searchSuite, walkSuite } from './protocol/suites/run.ts';
import { WALKS } from './protocol/suites/walks.ts';

const LARGE = /^H(5|6|10|11|13|14|15|16|18|22|23|24|25)-/;
const LARGE_UNBROKEN: readonly string[] = ['B22', 'B24'];

describe('the protocol', () => {
  it.each(BREAK)('is broken by $name $about', (suite) => {
    const { violations, isCapped } = searchSuite(suite);
    expect([Object.keys(violations).length > 0, isCapped]).toEqual([true, false]);
  });

  it.each(BREAK.filter(({ name, rules }) => Object.keys(rules).length > 0 && !LARGE_UNBROKEN.includes(name)))(
    'holds with the rule put back, $name $about',
    (suite) => {
      const { violations, isCapped } = searchSuite({ ...suite, rules: {} });
      expect([violations, isCapped]).toEqual([{}, false]);
    },
  );

  it.each(HOLD.filter(({ name }) => !LARGE.test(name)))('holds, $name $about', (suite) => {
    const { violations, isCapped } = searchSuite(suite);
    expect([violations, isCapped]).toEqual([{}, false]);
  });

  it.each(WALKS)('holds in random walks, $name $about', (suite) => {
    expect(walkSuite(suite, { runs: 300, seed: 1 }).violations).toEqual({});
  });
});
