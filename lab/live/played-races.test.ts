/** Races played step by step with real parts: our own edge, and Varnish where this machine has it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../services/runtime/clock.ts';
import { isProgramHere } from '../worlds/peers/program.ts';
import type { PlayedRaces } from './played-races.ts';
import { type Commands, type LiveEvent, liveEvent } from './protocol.ts';
import type { Events } from './testing/events.ts';
import { PRESETS, VARIABLES, withPlayedRaces } from './testing/played-races.ts';

const LONG_MS = 90_000;
/** Longer than our own edge waits for an answer, and longer than a second look. */
const THINKING_MS = 3_000;
const hasVarnish = await isProgramHere('varnishd', VARIABLES);
const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('edgesync-played-varnish'));

const raceOf = (cache: string, race = 'in-head'): Commands['play-race'] => ({ do: 'play-race', race, cache, mode: 'hard', type: 'key' });
const isTurn = (event: LiveEvent): event is Extract<LiveEvent, { type: 'race-turn' }> => event.type === 'race-turn';
const isEnd = (event: LiveEvent): event is Extract<LiveEvent, { type: 'race-ended' }> => event.type === 'race-ended';

/**
 * Varnish and its recipe under names of their own: other tests start it, too, and look at the folder of temporary
 * files.
 */
async function withVarnish(use: (races: PlayedRaces, events: Events) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-played-'));
  try {
    for (const name of ['varnish', 'varnish-wait']) {
      const text = await readFile(join(PRESETS, `${name}.yaml`), 'utf8');
      await writeFile(join(folder, `played-${name}.yaml`), text.replace(`name: ${name}`, `name: played-${name}`));
    }
    await withPlayedRaces(use, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** With a key for each turn that waits. Answers how many keys that were, and what came of the race. */
async function playThrough(races: PlayedRaces, events: Events, command: Commands['play-race'], thinkingMs = 0) {
  const begunAt = events.all.length;
  const played = races.play(command);
  let keys = 0;
  for (let since = begunAt; ; ) {
    const event = await events.until((told) => (isTurn(told) && told.turn.waits) || isEnd(told), since, LONG_MS);
    since = events.all.indexOf(event) + 1;
    if (isEnd(event)) break;
    keys += 1;
    await sleep(systemClock, thinkingMs);
    races.next();
  }
  await played;
  const told = events.all.slice(begunAt);
  const judged = told.find((event) => event.type === 'race-judged');
  return { keys, told, outcome: judged?.outcome, ended: told.find(isEnd)?.why };
}

describe('a race that is played', { timeout: LONG_MS }, () => {
  it('of our own edge waits for a key before each turn that can wait, and is right however long somebody thinks', () =>
    withPlayedRaces(async (races, events) => {
      const { keys, outcome, ended, told } = await playThrough(races, events, raceOf('edgesync'), THINKING_MS);
      expect([keys, outcome, ended]).toEqual([2, 'ok', undefined]);
      const turns = told.flatMap((event) => (isTurn(event) ? [`${event.turn.act} ${event.turn.waits}`] : []));
      expect(turns).toEqual(['create true', 'read true', 'write false', 'purge false', 'release false', 'look false']);
      for (const event of told) expect(liveEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
    }));

  it('goes to its end by one key', () =>
    withPlayedRaces(async (races, events) => {
      const played = races.play(raceOf('edgesync', 'plain'));
      await events.until(isTurn, 0, LONG_MS);
      races.finish();
      await played;
      const turns = events.all.filter(isTurn).map(({ turn }) => turn.waits);
      expect(turns).toEqual([true, false, false, false, false, false]);
      expect(events.all.find((event) => event.type === 'race-judged')).toMatchObject({ outcome: 'ok' });
    }));

  it('that is stopped before any of its turns, or overtaken, ends at once, and is no result', () =>
    withPlayedRaces(async (races, events) => {
      const first = races.play(raceOf('edgesync'));
      await events.until(isTurn, 0, LONG_MS);
      const second = races.play(raceOf('edgesync'));
      await first;
      // It was stopped while it waited for the first to end.
      await races.stop();
      await second;
      const third = races.play(raceOf('edgesync', 'crowd'));
      await events.until((event) => event.type === 'race-begun' && event.race === 'crowd');
      await races.stop();
      await third;
      expect(events.all.filter(isEnd).every(({ why }) => why === 'the race was stopped')).toBe(true);
      expect(events.all.some((event) => event.type === 'race-judged')).toBe(false);
      await races.close();
      const told = events.all.length;
      await races.play(raceOf('edgesync'));
      expect(events.all).toHaveLength(told);
    }));

  it('lists races, our own edge first, and what this machine has', () =>
    withPlayedRaces(async (races, events) => {
      await races.list();
      const [told] = events.all;
      if (told?.type !== 'races') throw new Error('expected the list');
      expect(liveEvent.parse(JSON.parse(JSON.stringify(told)))).toEqual(told);
      expect(told.races.map(({ name }) => name)).toContain('in-head');
      expect(told.caches[0]).toMatchObject({ name: 'edgesync', tiers: false });
      expect(told.caches.some(({ name }) => name === 'varnish')).toBe(hasVarnish);
      expect(told.missing.includes('varnish')).toBe(!hasVarnish);
      // It has no purge.
      expect(told.caches.some(({ name }) => name === 'haproxy')).toBe(false);
    }));

  it('of a cache that there is not says so', () =>
    withPlayedRaces(async (races, events) => {
      await races.play(raceOf('vanish'));
      expect(events.all.find(isEnd)?.why).toMatch(/expected a target .*did you mean varnish\?/);
    }));

  it.runIf(hasVarnish)('of Varnish is kept, with its recipe waits, and leaves nothing', () =>
    withVarnish(async (races, events) => {
      const kept = await playThrough(races, events, raceOf('played-varnish'), THINKING_MS);
      expect([kept.keys, kept.outcome, kept.ended]).toEqual([2, 'kept', undefined]);
      expect(await left()).toEqual([]);
      const waits = await playThrough(races, events, raceOf('played-varnish-wait'));
      expect([waits.keys, waits.outcome]).toEqual([2, 'waits']);
      expect(await left()).toEqual([]);
    }),
  );

  it.runIf(hasVarnish)('of Varnish that is stopped while an answer is held, or while it starts, leaves nothing', () =>
    withVarnish(async (races, events) => {
      // Its purge waits for seconds.
      const played = races.play(raceOf('played-varnish-wait'));
      await events.until(isTurn, 0, LONG_MS);
      races.finish();
      await events.until((event) => isTurn(event) && event.turn.act === 'purge');
      await races.stop();
      await played;
      expect(events.all.find(isEnd)?.why).toBe('the race was stopped');
      const starting = races.play(raceOf('played-varnish-wait'));
      await expect.poll(left, { timeout: LONG_MS }).not.toEqual([]);
      await races.stop();
      await starting;
      expect(await left()).toEqual([]);
    }),
  );
});
