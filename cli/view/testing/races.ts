/** A race as its events tell of it, made up, for tests. */
import type { LiveEvent } from '../../../lab/live/protocol.ts';
import type { RaceWay } from '../../../lab/live/race-protocol.ts';
import type { RaceStepView, RaceTurnView } from '../state/race-view.ts';
import type { ViewAction } from '../state/state.ts';

const HARD_KEY: RaceWay = { mode: 'hard', type: 'key' };
const SOFT_TAG: RaceWay = { mode: 'soft', type: 'tag' };

/**
 * Three races; our own edge, a cache that keeps, and its recipe. `text` stands wherever a text may come from outside.
 */
export function raceChoices(text = 'a text'): Extract<LiveEvent, { type: 'races' }> {
  const cache = { about: text, version: text, mends: undefined, tiers: true };
  return {
    type: 'races',
    t: 3_000,
    races: [
      { name: 'plain', about: 'a content is in the cache, written, purged, and read', ways: [HARD_KEY, SOFT_TAG], tiers: false },
      {
        name: 'in-head',
        about: 'written and purged while a miss is under way, before its headers',
        ways: [HARD_KEY, SOFT_TAG],
        tiers: false,
      },
      { name: 'untagged-304', about: 'a 304 without the tags of the 200 before it', ways: [SOFT_TAG], tiers: false },
      { name: 'two-tiers', about: 'an edge behind a shield of the same kind', ways: [HARD_KEY, SOFT_TAG], tiers: true },
    ],
    caches: [
      { ...cache, name: 'edgesync', version: undefined, ways: [HARD_KEY, SOFT_TAG], tiers: false },
      { ...cache, name: 'varnish', ways: [HARD_KEY, SOFT_TAG] },
      { ...cache, name: 'varnish-wait', ways: [HARD_KEY], mends: 'varnish' },
    ],
    missing: ['souin'],
  };
}

export const PLAY: ViewAction = {
  type: 'sent',
  text: 'race in-head of varnish',
  command: { do: 'play-race', race: 'in-head', cache: 'varnish', ...HARD_KEY },
};

const turn = (act: RaceTurnView['act'], name: string, waits: boolean): LiveEvent => ({
  type: 'race-turn',
  t: 3_200,
  turn: { act, name, waits },
});
const said = (step: RaceStepView): LiveEvent => ({ type: 'race-step', t: 3_200, step });

/** As it begins: the first turn waits. */
export const BEGUN: readonly (LiveEvent | ViewAction)[] = [
  PLAY,
  { type: 'race-begun', t: 3_100, race: 'in-head', cache: 'varnish', way: HARD_KEY },
  { type: 'race-stage', t: 3_150, stage: 'checking' },
  { type: 'race-stage', t: 3_160, stage: 'racing' },
  turn('create', '', true),
];

/** The rest of a race that is kept, which nothing holds up. `text` stands wherever a text may come from outside. */
export function raceEvents(text = 'PURGE /api/content/7: 200'): readonly LiveEvent[] {
  return [
    said({ who: 'origin', act: 'holds', atMs: 2, text: 'holds content 7, version 1', version: 1 }),
    turn('read', 'reader A', true),
    said({ who: 'reader', act: 'asks', atMs: 3, text: 'reader A asks for content 7', name: 'reader A' }),
    said({ who: 'upstream', act: 'held', atMs: 5, text: 'holds the answer of fetch 5 (200) before its headers', label: '200' }),
    turn('write', '', false),
    said({ who: 'origin', act: 'holds', atMs: 11, text: 'holds version 2', version: 2 }),
    turn('purge', 'hard key', false),
    said({ who: 'purger', act: 'purges', atMs: 11, text: 'purges (hard key)', name: 'hard key' }),
    said({ who: 'purger', act: 'purged', atMs: 12, text, name: 'hard key' }),
    turn('release', '', false),
    said({ who: 'upstream', act: 'released', atMs: 12, text: 'lets the answer go' }),
    said({ who: 'reader', act: 'gets', atMs: 22, text: 'reader A gets version 1 (miss)', name: 'reader A', version: 1, label: 'miss' }),
    turn('look', '', false),
    ...[173, 324, 626, 1_238].flatMap((atMs, at) => lookOf(`reader ${at + 1} after the purge`, atMs)),
    { type: 'race-judged', t: 4_000, outcome: 'kept', why: text },
    { type: 'race-ended', t: 4_100 },
  ];
}

function lookOf(name: string, atMs: number): readonly LiveEvent[] {
  return [
    said({ who: 'reader', act: 'asks', atMs, text: `${name} asks for content 7`, name }),
    said({ who: 'reader', act: 'gets', atMs: atMs + 1, text: `${name} gets version 1 (hit)`, name, version: 1, label: 'hit' }),
  ];
}
