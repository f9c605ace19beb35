/**
 * Races of caches of which it is known what they do: our own, and one of a few lines, right and wrong in several ways.
 */
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { systemRandom } from '../../services/runtime/random.ts';
import { OWN_TARGET, OWN_TARGETS } from '../targets/own-targets.ts';
import { naiveTarget as naive } from '../targets/testing/naive.ts';
import { isProgramHere } from '../worlds/peers/program.ts';
import type { Race, RaceResult } from './race.ts';
import { raceTarget } from './race-target.ts';
import { RACES } from './races.ts';

const RACED = RACES.filter(({ name }) => ['plain', 'in-head', 'in-body', 'join', 'refill-twice', 'in-404'].includes(name));

function race(
  target: Parameters<typeof raceTarget>[0]['target'],
  { races = RACED, signal = new AbortController().signal, variables = process.env } = {},
) {
  const heard: RaceResult[] = [];
  const options = { races, takes: ({ type }: { type: string }) => type === 'key', variables, signal };
  return raceTarget({ target, ...options, clock: systemClock, random: systemRandom, onResult: (result) => heard.push(result) });
}

const outcomesOf = ({ results }: Awaited<ReturnType<typeof race>>) =>
  Object.fromEntries(results.map(({ race: name, way: { mode }, outcome }) => [mode === 'hard' ? name : `${mode} ${name}`, outcome]));

const OWN_REDIS = OWN_TARGETS.find(({ store }) => store === 'redis') ?? OWN_TARGET;
const hasRedis = await isProgramHere('redis-server', process.env);

const leftOf = async (name: string) => (await readdir(tmpdir())).filter((folder) => folder.startsWith(`edgesync-${name}-`));

/** Each mostly waits for what a cache does a moment later. Those that look at what is left have a name of their own. */
describe.concurrent('races of', () => {
  it.each(OWN_TARGETS)('our own edge ($name) are all right, hard and soft, and leave nothing', async (target) => {
    if (target.store === 'redis' && !hasRedis) return;
    const raced = await race({ ...target, name: `${target.name}-raced` });
    expect(raced.selfChecked.mistakes).toEqual([]);
    expect(new Set(Object.values(outcomesOf(raced)))).toEqual(new Set(['ok']));
    expect(raced.results).toHaveLength(2 * RACED.length);
    expect(await leftOf(`${target.name}-raced`)).toEqual([]);
  });

  it('our own edge that is lazy have the old version once, labelled stale, and an eager one has it gone', async () => {
    const races = RACES.filter(({ name }) => name === 'plain');
    const seenOf = async (name: string) => {
      const { results } = await race(OWN_TARGETS.find((own) => own.name === name) ?? OWN_TARGET, { races });
      const soft = results.find(({ way: { mode } }) => mode === 'soft')?.steps.map(({ text }) => text) ?? [];
      return soft.filter((text) => text.startsWith('reader 1 after the purge gets') || text.startsWith('reader 2 after the purge gets'));
    };
    expect(await seenOf('edgesync-lazy')).toEqual([
      'reader 1 after the purge gets version 1 (stale)',
      'reader 2 after the purge gets version 2 (hit)',
    ]);
    expect(await seenOf('edgesync')).toEqual([
      'reader 1 after the purge gets version 2 (miss)',
      'reader 2 after the purge gets version 2 (hit)',
    ]);
  });

  it('our own edge over a Redis that is not here say so, and leave nothing', async () => {
    const target = { ...OWN_REDIS, name: 'without-redis' };
    await expect(race(target, { variables: { PATH: '/nowhere' } })).rejects.toThrow('redis-server is not on this machine');
    expect(await leftOf('without-redis')).toEqual([]);
  });

  it('our own edge over a Redis that ends say so', async () => {
    const stub = ['/bin/sh', '-c', 'echo no such option >&2; exit 3'];
    const target = { ...OWN_REDIS, start: { version: stub, get: '', command: stub } };
    await expect(race(target)).rejects.toThrow('edgesync-redis did not start: it ended (exit 3); it said: no such option');
  });

  it.each([
    ['which it labels as stale, are right', ['soft', 'labels'], true, 'ok'],
    ['and calls it fresh, are late', ['soft'], true, 'late'],
    ['and has no word for what is stale, are right', ['soft'], false, 'ok'],
  ])('a cache that answers once more what was purged softly, %s', async (_what, behaviours, saysStale, outcome) => {
    const races = RACES.filter(({ name }) => name === 'plain');
    const target = naive(behaviours, { mode: 'soft', saysStale });
    const { results, selfChecked } = await race(target, { races });
    if (outcome === 'ok') expect([results.map((result) => result.outcome), selfChecked.mistakes]).toEqual([['ok'], []]);
    else expect(selfChecked.mistakes).toEqual([expect.stringContaining('version 1 (hit), which is not labelled as stale')]);
  });

  it('a cache that deletes, and stores what it was loading: the old version is kept', async () => {
    const raced = await race(naive([]));
    expect(outcomesOf(raced)).toEqual({
      plain: 'ok',
      'in-head': 'kept',
      'in-body': 'kept',
      join: 'kept',
      'in-404': 'ok',
      'refill-twice': 'kept',
    });
    const texts = raced.results.find(({ race: name }) => name === 'in-head')?.steps.map(({ who, text }) => `${who} ${text}`);
    expect(texts).toEqual([
      expect.stringMatching(/^origin holds content \d+, version 1$/),
      expect.stringMatching(/^reader reader A asks/),
      expect.stringMatching(/^upstream holds the answer of fetch \d+ \(200\) before its headers$/),
      'origin holds version 2',
      'purger purges (hard key)',
      expect.stringMatching(/^purger PURGE \/api\/content\/\d+: 200$/),
      'upstream lets the answer go',
      'reader reader A gets version 1 (miss)',
      ...Array.from({ length: 4 }, () => [expect.stringMatching(/asks/), expect.stringMatching(/gets version 1 \(hit\)$/)]).flat(),
    ]);
  });

  it('one that an application purges by its own code are those of any other, and the application is part of what is judged', async () => {
    const script = 'fetch(process.argv[1], { method: "PURGE" }).then(({ status }) => process.exit(status === 200 ? 0 : 1))';
    const tell = { command: [process.execPath, '-e', script, '<cache>/api/content/<id>'] };
    const kept = await race(naive([], { tell }), { races: RACED.filter(({ name }) => name === 'in-head') });
    expect(outcomesOf(kept)).toEqual({ 'in-head': 'kept' });
    expect(kept.results[0]?.steps.map(({ text }) => text)).toContainEqual(expect.stringMatching(/\/api\/content\/\d+: exit 0$/));
    const right = await race(naive(['fenced'], { tell }), { races: RACED.filter(({ name }) => name === 'in-head') });
    expect(outcomesOf(right)).toEqual({ 'in-head': 'ok' });
    // It is told, and says that it has purged: it has purged another cache.
    const elsewhere = await race(naive(['fenced'], { tell: { command: [process.execPath, '-e', '0', '<id>'] } }));
    expect([elsewhere.results, elsewhere.selfChecked.mistakes.length]).toEqual([[], 1]);
  });

  it('one that does not store what was purged meanwhile are right', async () => {
    expect(new Set(Object.values(outcomesOf(await race(naive(['fenced'])))))).toEqual(new Set(['ok']));
  });

  it('one that stores long after it has answered see the old version come back', async () => {
    const races = RACES.filter(({ name }) => name === 'in-head');
    expect(outcomesOf(await race(naive(['late-add']), { races }))).toEqual({ 'in-head': 'kept' });
  });

  it('one that stores a moment after it has answered are judged', async () => {
    const races = RACES.filter(({ name }) => name === 'in-head');
    expect(outcomesOf(await race(naive(['late-set', 'fenced']), { races }))).toEqual({ 'in-head': 'ok' });
  });

  it('one whose purge is slow, and waits for nothing, do not take that for waiting', async () => {
    const races = RACES.filter(({ name }) => name === 'in-head');
    // It deletes what was stored meanwhile: only a fetch that is slower still shows it.
    expect(outcomesOf(await race(naive(['slow-purge']), { races }))).toEqual({ 'in-head': 'kept' });
  });

  it('one that keeps a 404 with a body of its own see that it is kept', async () => {
    const races = RACES.filter(({ name }) => name === 'in-404');
    expect(outcomesOf(await race(naive(['own-404']), { races }))).toEqual({ 'in-404': 'kept' });
  });

  it('one that ends in a race say so, and have no result from then on', async () => {
    const races = RACES.filter(({ name }) => ['plain', 'in-head', 'in-body'].includes(name));
    const raced = await race(naive(['dies']), { races });
    expect([outcomesOf(raced), raced.ended]).toEqual([{ plain: 'ok' }, 'it ended (exit 7) in the race in-head']);
  });

  it('one that forgets what it has begun to take are held where it has taken the half', async () => {
    const races = RACES.filter(({ name }) => ['in-head', 'in-body'].includes(name));
    expect(outcomesOf(await race(naive(['streams']), { races }))).toEqual({ 'in-head': 'kept', 'in-body': 'ok' });
  });

  it('one whose purge waits say so', async () => {
    const outcomes = outcomesOf(await race(naive(['waits'])));
    expect(outcomes).toMatchObject({ plain: 'ok', 'in-head': 'waits', 'in-body': 'waits', 'refill-twice': 'waits' });
  });

  it.each([
    ['a purge that does nothing', naive(['deaf']), 'purge.hard.key does not purge: PURGE /api/content/'],
    ['a purge of another name', naive([], { purge: 'PURGE /other/<id>' }), 'is still served, but the origin holds version 2'],
    ['a purge that is refused', naive([], { purge: 'GET /api/content/<id>?purge' }), 'does not purge'],
    ['a purge that is answered with another protocol', naive(['upgrades']), 'expected an answer in HTTP, got 101'],
    ['a cache that keeps nothing', naive(['keepless']), 'the cache keeps nothing'],
    ['a backend that is not our upstream', naive(['elsewhere']), "did not reach the lab's upstream"],
    ['a cache that was not empty', naive(['leftover']), 'the cache was not empty at the start'],
    ['a label of another header', naive([], { label: 'x-other' }), 'is not labelled as a hit'],
  ])('%s are not judged', async (_what, target, mistake) => {
    const { results, selfChecked } = await race(target);
    expect([results, selfChecked.mistakes]).toEqual([[], [expect.stringContaining(mistake)]]);
  });

  const twoTiers = RACES.filter(({ name }) => name === 'two-tiers');

  it('two tiers of a cache that deletes are right where the shield is purged first, and say what the other order brings', async () => {
    const { results } = await race({ ...naive([]), name: 'tiered' }, { races: twoTiers });
    expect(results.map(({ outcome, why }) => [outcome, why])).toEqual([
      ['ok', 'version 2 after the purge; in the wrong order, with the edge purged first and a read between: version 1 (hit)'],
    ]);
    const told = results[0]?.steps.map(({ text }) => text.replace(/\d{3,}/, 'N'));
    expect(told).toEqual(
      expect.arrayContaining(['shield: purges (hard key)', 'edge: purges (hard key)', 'edge: a reader gets version 1 (miss)']),
    );
    expect(await leftOf('tiered')).toEqual([]);
  });

  it('two tiers of a cache that answers once more what was purged have the old version come back from the shield', async () => {
    const raced = await race(naive(['soft'], { mode: 'soft' }), { races: [...RACES.filter(({ name }) => name === 'plain'), ...twoTiers] });
    expect(outcomesOf(raced)).toEqual({ 'soft plain': 'ok', 'soft two-tiers': 'kept' });
  });

  it('two tiers of our own edge are none: an edge asks the origin, and nobody else', async () => {
    const { results, nothing } = await race(OWN_TARGET, { races: twoTiers });
    expect([results, nothing]).toEqual([[], expect.stringContaining('nothing to race')]);
  });

  it('one that declares no purge are none, and say so, once it is seen that it keeps what it got', async () => {
    const { results, selfChecked, nothing } = await race({ ...naive([]), purges: [] });
    expect([results, selfChecked.mistakes, nothing]).toEqual([
      [],
      [],
      expect.stringContaining('nothing to race: the cache declares no purge'),
    ]);
    const keepless = await race({ ...naive(['keepless']), purges: [] });
    expect([keepless.selfChecked.mistakes, keepless.nothing]).toEqual([[expect.stringContaining('keeps nothing')], undefined]);
  });

  it('one that does not start say what it said, and one that is not there its name', async () => {
    const start = (command: string[]) => ({ ...naive([]), start: { ...naive([]).start, command } });
    const script = "process.stderr.write('no such option'); process.exit(3)";
    await expect(race(start([process.execPath, '-e', script]))).rejects.toThrow(
      'naive did not start: it ended (exit 3); it said: no such option',
    );
    await expect(race(start(['no-such-cache']))).rejects.toThrow('no-such-cache is not on this machine');
  });

  it('one that is stopped in a race are no result', async () => {
    const stop = new AbortController();
    const inTheMiddle: Race = {
      name: 'stopped',
      about: 'stopped while everything is right',
      run: async (stage, way) => {
        stop.abort(new Error('stopped'));
        return { outcome: 'ok', why: `${stage.steps.length} ${way.type}` };
      },
    };
    await expect(race(naive([]), { races: [inTheMiddle], signal: stop.signal })).rejects.toThrow('stopped');
  });

  it('one that is stopped in the middle leave nothing', async () => {
    const before = await leftOf('interrupted');
    const stop = new AbortController();
    const raced = race({ ...naive([]), name: 'interrupted' }, { signal: stop.signal });
    await expect.poll(() => leftOf('interrupted'), { timeout: 60_000 }).not.toEqual(before);
    stop.abort(new Error('stopped'));
    await expect(raced).rejects.toThrow('stopped');
    expect(await leftOf('interrupted')).toEqual(before);
  });
});
