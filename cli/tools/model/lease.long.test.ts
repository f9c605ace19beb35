/**
 * The lease, searched: with the rules as they should stand, and without those that are not needed, the property holds
 * in every state; with any other rule taken out it does not. Suites that take longer than some 15 s on two busy cores
 * are left out: `npm run model -- lease hold` runs all.
 */
import { describe, expect, it } from 'vitest';
import { BREAK } from './lease/suites/break.ts';
import { HOLD } from './lease/suites/hold.ts';
import { searchSuite } from './lease/suites/run.ts';
import { SPARE } from './lease/suites/spare.ts';

/** At most 710,000 states each. */
const SMALL: readonly string[] = ['H6', 'H12', 'H13', 'H14', 'H16'];

describe('the lease', () => {
  it.each(BREAK)('is broken by $name $about', (suite) => {
    const { violations, isCapped } = searchSuite(suite);
    expect([Object.keys(violations), isCapped]).toEqual([['age'], false]);
  });

  it.each(SPARE)('holds, $name $about', (suite) => {
    const { violations, isCapped } = searchSuite(suite);
    expect([violations, isCapped]).toEqual([{}, false]);
  });

  it.each(HOLD.filter(({ name }) => SMALL.includes(name)))('holds, $name $about', (suite) => {
    const { violations, isCapped } = searchSuite(suite);
    expect([violations, isCapped]).toEqual([{}, false]);
  });
});
