/** The list of races, and a race that is played: keys in, what is sent and shown out. */
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../dispatch.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { spokenSince } from '../spoken.ts';
import { reduce } from '../state/reduce.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { BEGUN, PLAY, raceChoices, raceEvents } from '../testing/races.ts';
import { observed, pressed, ready, runEvents, stateAfter } from '../testing/view.ts';

const THEME = createTheme();
const playing = stateAfter(ready(), observed());
const listed = stateAfter(ready(), observed(), raceChoices());
const linesIn = (state: ViewState, columns = 80, rows = 24) => frameLines(state, { columns, rows }, THEME).map(textOf);
const textIn = (state: ViewState, columns = 80, rows = 24) => linesIn(state, columns, rows).join('\n');
/** However they were broken into lines. */
const wordsIn = (state: ViewState) => textIn(state).replaceAll(/\s+/g, ' ');
/** In the list, with the keys pressed. */
const chosen = (...keys: readonly string[]) => ['R', ...keys].reduce(pressed, listed);
const race = (state: ViewState): ViewState => ({ ...state, screens: [{ screen: 'overview' }, { screen: 'race', scroll: 0 }] });
const begun = race(BEGUN.reduce(reduce, listed));
const over = raceEvents().reduce(reduce, begun);
const sent = (state: ViewState, key: string) => actionsOf(state, key).flatMap((action) => (action.type === 'sent' ? [action.command] : []));

describe('the list of races', () => {
  it('asks once what there is, and opens at once', () => {
    expect(actionsOf(playing, 'R')).toMatchObject([{ command: { do: 'list-races' } }, { type: 'open', screen: { screen: 'races' } }]);
    expect(actionsOf(listed, 'R')).toMatchObject([{ type: 'open' }]);
    expect(textIn(pressed(playing, 'R'))).toContain('looking for caches on this machine');
  });

  it('is not opened while a scenario runs, and says so', () => {
    expect(actionsOf(stateAfter(ready(), ...runEvents()), 'R')).toEqual([
      { type: 'echo', text: expect.stringContaining('a scenario runs') },
    ]);
  });

  it('shows each race with what it is, our own edge first, and a hard purge of a key', () => {
    const text = textIn(chosen());
    for (const part of [
      '› in-head',
      'written and purged while a miss is under way',
      '◂ edgesync ▸',
      '1 of 3 on this machine, 1 more',
      'hard key, one of 2',
    ])
      expect(text).toContain(part);
  });

  it('Enter plays what is chosen', () => {
    expect(sent(chosen('right'), 'return')).toEqual([{ do: 'play-race', race: 'in-head', cache: 'varnish', mode: 'hard', type: 'key' }]);
    expect(sent(chosen('right', 'tab', 'up'), 'return')).toMatchObject([{ race: 'plain', cache: 'varnish', mode: 'hard' }]);
    expect(sent(chosen('right', 'tab'), 'return')).toMatchObject([{ mode: 'soft', type: 'tag' }]);
    expect(sent(chosen('left'), 'return')).toMatchObject([{ cache: 'varnish-wait' }]);
  });

  it.each([
    ['purge', ['down', 'left'], '! varnish-wait has no purge that untagged-304 is for (soft tag)'],
    ['second tier', ['down', 'down'], '! edgesync has no second tier: two-tiers is not for it'],
  ])('says of a cache without the %s that it is not one for the race, and plays nothing', (_what, keys, words) => {
    const state = chosen(...keys);
    expect(textIn(state)).toContain(words);
    expect(actionsOf(state, 'return')).toEqual([]);
  });

  it('shows race, cache and purge in the least of rooms, too', () => {
    const text = textIn(chosen('right'), 60, 16);
    for (const part of ['› in-head', '◂ varnish', 'hard key']) expect(text).toContain(part);
  });
});

describe('a race', () => {
  it('tells how its start goes, and who is who, before there is a step', () => {
    const text = textIn(race([PLAY, ...BEGUN.slice(1, 3)].reduce(reduce, listed)));
    for (const part of ['✓ varnish starts', '› a check first', 'upstream  a proxy of the lab']) expect(text).toContain(part);
    expect(textIn(begun)).toContain('Space next: a content is created at the origin');
  });

  it('goes on by a key where it waits, and not by another', () => {
    expect(sent(begun, ' ')).toEqual([{ do: 'next-turn' }]);
    const asked = pressed(begun, ' ');
    expect([actionsOf(asked, ' '), sent(asked, 'a')]).toEqual([[], [{ do: 'finish-race' }]]);
    expect(textIn(asked)).toContain('the race goes on by itself in a moment');
  });

  it('shows what has happened already at the pace of whoever looks on', () => {
    const first = pressed(raceEvents().slice(0, 2).reduce(reduce, begun), ' ');
    expect(textIn(first)).toContain('The origin holds a new content, version 1. The cache has no entry yet.');
    const held = pressed(raceEvents().slice(2).reduce(reduce, first), ' ');
    expect(textIn(held)).toMatch(/─── asks ───▸‖ v1 held/);
    expect(textIn(held)).not.toContain('version 2');
    expect(wordsIn(held)).toContain('with a held answer it waits for nobody');
    // No key of these is told to the lab.
    expect(actionsOf(held, ' ')).toEqual([{ type: 'show-turn' }]);
    const written = pressed(held, ' ');
    expect(wordsIn(written)).toContain('The held answer is now outdated');
    const purged = pressed(written, 'return');
    expect(textIn(purged)).toMatch(/◂─+ purge \(hard key\) ─+│/);
    expect(wordsIn(purged)).toContain('there was no entry to forget');
    expect(textIn(purged)).not.toContain('✗ kept');
    const looked = [' ', ' '].reduce(pressed, purged);
    expect(textIn(looked)).toContain('✗ kept');
    expect(pressed(looked, ' ')).toEqual(looked);
  });

  it('at the end says what came of it, why, and what mends it, all of it in 80x24', () => {
    const text = wordsIn(pressed(over, 'a'));
    for (const part of [
      '◆ version 1',
      '✗ 4x v1 hit',
      'Everybody',
      '✗ kept',
      'the invalidation is lost',
      'The remedy is varnish-wait',
      'm the same race with varnish-wait',
    ])
      expect(text).toContain(part);
  });

  it('plays the recipe and once more, at the end only', () => {
    const end = pressed(over, 'a');
    expect(sent(end, 'm')).toEqual([{ do: 'play-race', race: 'in-head', cache: 'varnish-wait', mode: 'hard', type: 'key' }]);
    expect(sent(end, 'r')).toMatchObject([{ do: 'play-race', cache: 'varnish' }]);
    for (const key of ['m', 'r']) expect(actionsOf(begun, key)).toEqual([]);
    const again = pressed(end, 'm');
    expect(again.played).toMatchObject({ cache: 'varnish-wait', turns: [], shown: 0, judged: undefined });
  });

  it('takes nothing of the race before it, which is still being stopped', () => {
    const again = pressed(pressed(over, 'a'), 'r');
    expect(reduce(again, { type: 'race-ended', t: 9_000, why: 'the race was stopped' }).played).toEqual(again.played);
  });

  it('is stopped by Esc, which goes back to the list; one that is over has nothing to stop', () => {
    expect(actionsOf(begun, 'escape')).toMatchObject([{ command: { do: 'stop-race' } }, { type: 'back' }]);
    expect(actionsOf(over, 'escape')).toEqual([{ type: 'back' }]);
    expect(topOf(pressed(over, 'escape'))).toEqual({ screen: 'overview' });
  });

  it('that did not come about says why', () => {
    const why = 'varnish did not start: varnishd is not on this machine';
    expect(textIn(reduce(begun, { type: 'race-ended', t: 9_000, why }))).toContain(`! ${why}`);
  });

  it('shows earlier steps by a key where there is too little room, and steps in words where there is none for lanes', () => {
    const end = race(pressed(over, 'a'));
    expect(textIn(end, 80, 20)).toMatch(/\d earlier: k or the arrow/);
    expect(textIn(['k', 'k', 'k', 'k', 'k', 'k'].reduce(pressed, end), 80, 20)).toContain('◆ version 1');
    const small = textIn(pressed(raceEvents().slice(0, 4).reduce(reduce, pressed(begun, ' ')), ' '), 60, 16);
    for (const part of ['needs a terminal of 80x24', 'reader A asks for content 7']) expect(small).toContain(part);
  });

  it('is said in sentences, each once, for a screen reader', () => {
    const first = pressed(raceEvents().slice(0, 2).reduce(reduce, begun), ' ');
    const said = spokenSince(begun, first);
    expect(said).toContain('The origin holds a new content, version 1. The cache has no entry yet.');
    expect(said).toContain('Space: reader A asks the cache');
    expect(spokenSince(first, first)).toEqual([]);
  });
});
