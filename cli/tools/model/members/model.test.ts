/** The model of several members, where it is small enough to be counted by another one. */
import { expect, it } from 'vitest';
import { BREAK } from './suites/break.ts';
import { HOLD } from './suites/hold.ts';
import { searchSuite, walkSuite } from './suites/run.ts';
import { WALKS } from './suites/walks.ts';

const suites = [...BREAK, ...HOLD, ...WALKS];
const named = (name: string) => {
  const suite = suites.find((each) => each.name === name);
  if (suite === undefined) throw new Error(`expected a suite ${name}`);
  return suite;
};

/** An older model of the same rules, written without this one, visits as many. */
it.each([
  ['M4', 3732, 6341],
  ['M5', 4645, 7288],
])('visits every state of %s, and nothing is violated', (name, states, transitions) => {
  expect(searchSuite(named(name))).toMatchObject({ states, transitions, isCapped: false, violations: {} });
});

it.each([
  ['N2', 247, 264, 'age'],
  ['N4', 6880, 13_044, 'lost'],
  ['N11', 3926, 6244, 'hard'],
  ['N12', 227, 295, 'hard'],
  ['N16', 70, 84, 'restart'],
])('visits as many states of %s until it is violated', (name, states, transitions, kind) => {
  const { violations, ...size } = searchSuite(named(name));
  expect(size).toMatchObject({ states, transitions, isCapped: false });
  expect(Object.keys(violations)).toEqual([kind]);
});

it('random walks go the same ways as those of that model', () => {
  expect(walkSuite(named('W3'), { runs: 5, seed: 1 })).toMatchObject({ runs: 5, steps: 791, violations: {} });
});

it('a lookup from before a later answer would take a member back, if it were kept', () => {
  expect(searchSuite(named('N23')).violations['order']?.trace).toEqual([
    '[0] m0 fetches v2',
    '[0] m1 looks up v1',
    '[0] m0 fills v2 (stored)',
    '[0] m1 answers a reader v2 from the cache',
    '[0] the answer reaches m1 (kept)',
  ]);
});
