/** Races of our own edge in virtual time: of the right one, and of wrong ones, each of which a race is there for. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { OWN_TARGET, OWN_TARGETS } from '../targets/own-targets.ts';
import { readTopology } from '../topology/topology.ts';
import type { RaceResult } from './race.ts';
import { type RaceOwnOptions, raceOwn } from './race-own.ts';
import { RACES } from './races.ts';

const file = fileURLToPath(new URL('../../compose.yaml', import.meta.url));
const topology = await readTopology({ file, environment: {} });
const IN_MEMORY = OWN_TARGETS.filter(({ store }) => store === 'memory');
const LAZY = IN_MEMORY.find(({ strategy }) => strategy === 'lazy') ?? OWN_TARGET;
/** All but `two-tiers`, each for all purges that it is one for. */
const RACES_OF_ONE = 48;

function race(options: Partial<RaceOwnOptions> = {}) {
  const shared = { variables: {}, signal: new AbortController().signal, onStep: () => {}, onResult: () => {} };
  return raceOwn({ target: OWN_TARGET, backend: 'simulated', topology, seed: 1, races: RACES, takes: () => true, ...shared, ...options });
}

/** `hard key in-head`. */
const nameOf = ({ race: name, way: { mode, type } }: RaceResult) => `${mode} ${type} ${name}`;
const thoseThatWere = (wanted: RaceResult['outcome'], results: readonly RaceResult[]) =>
  results.filter(({ outcome }) => outcome === wanted).map(nameOf);

describe('races in virtual time of', () => {
  it.each(IN_MEMORY)('our own edge ($name) are all right, whatever the seed', async (target) => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { results, selfChecked, ended } = await race({ target, seed });
      expect([selfChecked.mistakes, ended, results.length], `seed ${seed}`).toEqual([[], undefined, RACES_OF_ONE]);
      expect(results.filter(({ outcome }) => outcome !== 'ok').map(nameOf), `seed ${seed}`).toEqual([]);
    }
  });

  it('the same seed are the same, step by step, and of another one take other times', async () => {
    const takes: RaceOwnOptions['takes'] = ({ type }) => type === 'key';
    const [one, again, other] = [await race({ takes }), await race({ takes }), await race({ takes, seed: 2 })];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('an edge that stores whatever a fetch brings are kept wherever a fetch was under way, and nowhere else', async () => {
    // The log repeats a record now and then: that of the content's creation ends what was kept, at once or a second
    // later. Not with each seed.
    const seeds = await Promise.all([1, 2, 3].map(async (seed) => (await race({ mutant: 'unfenced-fill', seed })).results));
    const results = seeds.flat();
    const isOfFetch = ({ race: name }: RaceResult) => !['plain', 'crowd', 'untagged-304'].includes(name);
    const [kept, late] = [thoseThatWere('kept', results), thoseThatWere('late', results)];
    expect([...new Set([...kept, ...late])].toSorted()).toEqual([...new Set(results.filter(isOfFetch).map(nameOf))].toSorted());
    expect(kept.length).toBeGreaterThan(late.length * 8);
    expect(results.filter(({ race: name }) => name === 'plain').every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(results.filter((result) => nameOf(result) === 'hard key in-head').map(({ why }) => why)).toContain(
      'version 1 (hit) is still served, but the origin holds version 2',
    );
  });

  it.each([
    ['clear-newer-stale-mark', LAZY, 'kept', ['soft key in-head', 'soft key in-304', 'soft tag in-head', 'soft all in-body']],
    ['join-any-fetch', OWN_TARGET, 'late', ['hard key join', 'hard tag join', 'hard pattern join', 'hard all join']],
    ['unfenced-304', LAZY, 'late', ['hard key in-304']],
  ] as const)('an edge with the bug %s show it', async (mutant, target, outcome, wanted) => {
    const { results } = await race({ target, mutant });
    expect(thoseThatWere(outcome, results)).toEqual(expect.arrayContaining([...wanted]));
  });

  it.each([
    ['ignore-tags-and-patterns', 'purge.hard.tag is late even when nothing else happens'],
    ['drop-revalidation', 'purge.soft.key does not purge'],
    ['revalidate-each-time', 'the cache keeps nothing'],
  ])('an edge with the bug %s are none: it does not pass the self-check', async (mutant, mistake) => {
    const { results, selfChecked } = await race({ target: LAZY, mutant });
    expect([results, selfChecked.mistakes]).toEqual([[], [expect.stringContaining(mistake)]]);
  });

  it('an edge that are stopped end with the reason', async () => {
    const stop = new AbortController();
    const heard: RaceResult[] = [];
    const onResult = (result: RaceResult) => {
      heard.push(result);
      if (heard.length === 3) stop.abort(new Error('stopped'));
    };
    await expect(race({ signal: stop.signal, onResult })).rejects.toThrow('stopped');
    expect(heard).toHaveLength(3);
  });
});
