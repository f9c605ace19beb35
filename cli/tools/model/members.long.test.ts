/**
 * Several members of a region on one cache, searched: with the rules as they should stand nothing is violated in any
 * state, nor in random walks with everything mixed; with any rule taken out something is, and with the rule put back
 * nothing. Suites of more than some 600,000 states are left out: `npm run model -- members hold` runs all.
 */
import { describe, expect, it } from 'vitest';
import { RULES } from './members/rules.ts';
import { BREAK } from './members/suites/break.ts';
import { HOLD } from './members/suites/hold.ts';
import { searchSuite, walkSuite } from './members/suites/run.ts';
import { WALKS } from './members/suites/walks.ts';

const LARGE: readonly string[] = ['M6', 'M9', 'M12'];
/** With the rules put back N9 is M9. */
const LARGE_UNBROKEN: readonly string[] = ['N9'];

describe('several members on one cache', () => {
  it.each(BREAK)('are broken by $name $about', (suite) => {
    const { violations, isCapped } = searchSuite(suite);
    expect([Object.keys(violations), isCapped]).toEqual([suite.kinds, false]);
  });

  /** Marks of a member's own are no rule that could be put back. */
  it.each(BREAK.filter(({ name, rules }) => rules.hot !== 'marked' && !LARGE_UNBROKEN.includes(name)))(
    'hold with the rule put back, $name $about',
    (suite) => {
      const { hot = RULES.hot } = suite.rules;
      const { violations, isCapped } = searchSuite({ ...suite, rules: { hot } });
      expect([violations, isCapped]).toEqual([{}, false]);
    },
  );

  it.each(HOLD.filter(({ name }) => !LARGE.includes(name)))('hold, $name $about', (suite) => {
    const { violations, isCapped } = searchSuite(suite);
    expect([violations, isCapped]).toEqual([{}, false]);
  });

  it.each(WALKS)('hold in random walks, $name $about', (suite) => {
    expect(walkSuite(suite, { runs: 100, seed: 1 }).violations).toEqual({});
  });
});
