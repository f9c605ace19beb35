/** The model of the protocol, where it is small enough to be counted by another one. */
import { expect, it } from 'vitest';
import { BREAK } from './suites/break.ts';
import { HOLD } from './suites/hold.ts';
import { searchSuite } from './suites/run.ts';

const named = <Suite extends { readonly name: string }>(suites: readonly Suite[], name: string): Suite => {
  const suite = suites.find((each) => each.name === name);
  if (suite === undefined) throw new Error(`expected a suite ${name}`);
  return suite;
};

/** An older model of the same rules, written without this one, visits as many. */
it.each([
  ['H4-eager', 3811, 9472],
  ['H9-lazy', 1133, 2449],
  ['H19-eager', 1836, 3319],
  ['H21-eager', 4330, 10570],
])('visits every state of %s, and nothing is violated', (name, states, transitions) => {
  expect(searchSuite(named(HOLD, name))).toMatchObject({ states, transitions, isCapped: false, violations: {} });
});

it('a cache without offsets that raises its epoch before it asks where the log ends misses a purge', () => {
  const suite = BREAK.find(({ rules, about }) => rules.emptyCache === 'epochFirst' && about.endsWith('a purge'));
  expect(searchSuite(named(BREAK, suite?.name ?? '')).violations['purge-hard']?.trace).toEqual([
    'hard key is purged',
    'PUT commits v2',
    'relay publishes the outbox',
    'edge is killed and restarted',
    'GET (absent)',
    'fetch 0 of clock 1 reads the origin',
    'edge goes on from the ends of the log',
    'GET (absent, joins fetch 0)',
    'fetch 0 of clock 1 returns v2 (stored; v2, fresh, from origin)',
  ]);
});

it('a suite looks at the promises that it names alone, and else at no order of overlapping fetches', () => {
  const suite = named(BREAK, BREAK.find(({ rules }) => rules.remembers === false)?.name ?? '');
  const { promises, ...others } = suite;
  expect([promises, Object.keys(searchSuite(suite).violations)]).toEqual([['order'], ['order']]);
  expect(searchSuite(others)).toMatchObject({ isCapped: false, violations: {} });
});
