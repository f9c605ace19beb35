/** The table of caches: what is a difference, what is a new row, and what a witness says. */
import { describe, expect, it } from 'vitest';
import type { Outcome, RaceResult } from '../../../lab/races/race.ts';
import { RACES } from '../../../lab/races/races.ts';
import { OWN_TARGETS } from '../../../lab/targets/own-targets.ts';
import { compareRows, mergeRows } from './compare.ts';
import { toRow } from './measure.ts';
import { type CacheRow, readRows } from './rows.ts';
import { orderedPresets } from './subjects.ts';
import { toWitness } from './witness.ts';

const row = (preset: string, version: string, cells: Record<string, Outcome>, purge = 'hard key'): CacheRow => ({
  preset,
  version,
  purge,
  cells,
});
const STORED = [row('squid', '5.7', { plain: 'ok', join: 'kept' }), row('varnish', '7.1.1', { plain: 'ok' })];

describe('the table', () => {
  it('of what was measured again has no difference, and what was not measured is none', () => {
    expect(compareRows(STORED, [row('squid', '5.7', { plain: 'ok', join: 'kept' })])).toEqual({ differences: [], added: [] });
  });

  it.each([
    ['a cell', [row('squid', '5.7', { plain: 'ok', join: 'ok' })], 'squid 5.7, hard key, join: expected kept, got ok'],
    ['a race that is gone', [row('squid', '5.7', { plain: 'ok' })], 'squid 5.7, hard key, join: expected kept, got nothing'],
    ['a new race', [row('varnish', '7.1.1', { plain: 'ok', more: 'ok' })], 'varnish 7.1.1, hard key, more: expected nothing, got ok'],
    [
      'a new purge',
      [row('varnish', '7.1.1', { plain: 'ok' }), row('varnish', '7.1.1', { plain: 'ok' }, 'hard tag')],
      'varnish 7.1.1, hard tag, plain: expected nothing, got ok',
    ],
  ])('differs at the same version by %s', (_what, measured, difference) => {
    expect(compareRows(STORED, measured)).toEqual({ differences: [difference], added: [] });
  });

  it('has a row more for another version, and that is no difference', () => {
    const newer = row('squid', '5.10', { plain: 'kept' });
    expect(compareRows(STORED, [newer])).toEqual({ differences: [], added: ['squid 5.10'] });
    const merged = mergeRows(STORED, [newer], ['squid', 'varnish']);
    expect(merged.map(({ preset, version }) => `${preset} ${version}`)).toEqual(['squid 5.10', 'squid 5.7', 'varnish 7.1.1']);
  });

  it('loses what is no preset any more, and what a new measure of the version has not', () => {
    const two = [...STORED, row('squid', '5.7', { plain: 'ok' }, 'hard tag'), row('gone', '1.0', {})];
    const fresh = row('squid', '5.7', { plain: 'ok', join: 'ok' });
    expect(mergeRows(two, [fresh], ['varnish', 'squid'])).toEqual([STORED[1], fresh]);
  });

  it('that is there is of presets and races that are there, with a witness for each row that was kept', async () => {
    const presets = [...OWN_TARGETS, ...(await orderedPresets())].map(({ name }) => name);
    const races = RACES.map(({ name }) => name);
    const rows = await readRows();
    expect(rows.length).toBeGreaterThan(20);
    for (const { preset, cells, witness } of rows) {
      expect(presets).toContain(preset);
      expect(Object.keys(cells).filter((race) => !races.includes(race))).toEqual([]);
      expect(witness !== undefined, `${preset}: a witness exactly where something was kept`).toBe(Object.values(cells).includes('kept'));
    }
  });
});

describe('a recipe', () => {
  it('stands below what it mends', async () => {
    const names = (await orderedPresets()).map(({ name }) => name);
    expect(names.indexOf('varnish-wait')).toBe(names.indexOf('varnish') + 1);
    expect(names.indexOf('redis-lease')).toBe(names.indexOf('redis-aside') + 1);
  });
});

describe('a witness', () => {
  const steps = (id: number, fetch: number): RaceResult['steps'] =>
    (
      [
        ['origin', `holds content ${id}, version 1`],
        ['reader', `reader A asks for content ${id + 1}`],
        ['upstream', `holds the answer of fetch ${fetch} (404) before its headers`],
        ['origin', `holds content ${id + 1}, version 1`],
        ['purger', 'purges (hard key)'],
        ['purger', `PURGE /api/content/${id + 1} x-tag: race-tag-race-${fetch}: 200`],
        ['upstream', 'lets the answer go'],
        ['reader', `reader 1 after it asks for content ${id + 1}`],
        ['reader', 'reader 1 after it gets a 404 of version 0'],
      ] as const
    ).map(([who, text], at) => ({ who, text, atMs: at * fetch }));

  it('has at most five lines, the same each time', () => {
    expect(toWitness(steps(4711, 9))).toEqual([
      'origin    holds content 1, version 1',
      'upstream  holds the answer of a fetch (404) before its headers',
      'origin    holds content 2, version 1',
      'purger    PURGE /api/content/2 x-tag: race-tag-1: 200',
      'reader    reader 1 after it gets a 404 of version 0',
    ]);
    expect(toWitness(steps(23, 3))).toEqual(toWitness(steps(4711, 9)));
  });

  it('is of the first race that was kept, and how many fetches a crowd made is 0, few or many', () => {
    const result = (race: string, outcome: Outcome, why = ''): RaceResult => ({
      race,
      outcome,
      why,
      way: { mode: 'hard', type: 'key' },
      steps: steps(1, 1),
    });
    const of = (...results: readonly RaceResult[]) => toRow({ preset: 'mine', version: '1.0', purge: 'hard key', results });
    const made = of(
      result('plain', 'ok'),
      result('join', 'kept'),
      result('in-404', 'kept'),
      result('crowd', 'ok', '7 fetches for 40 readers'),
    );
    expect(made).toMatchObject({ cells: { plain: 'ok', join: 'kept' }, crowdFetches: 'many', witness: { race: 'join' } });
    expect(of(result('crowd', 'ok', '1 fetch for 40 readers')).crowdFetches).toBe('few');
    expect(of(result('plain', 'ok'))).toEqual(row('mine', '1.0', { plain: 'ok' }));
  });
});
