/** What is said for a screen reader: each thing once. */
import { expect, it } from 'vitest';
import { promptText, spokenSince } from './spoken.ts';
import { LOG_MAX } from './state/apply-event.ts';
import { reduce } from './state/reduce.ts';
import { INITIAL_STATE } from './state/state.ts';
import { fault, observed, pressed, ready, stateAfter } from './testing/view.ts';

it('says steps, events and what a key did once each, in order', () => {
  const started = stateAfter({ type: 'Step', t: 1, step: 'postgres ready', elapsedMs: 5 }, ready(), observed());
  expect(spokenSince(INITIAL_STATE, started)).toEqual(['postgres ready', '0:00 good: the embedded world is up']);
  const chosen = pressed(started, '2');
  expect(spokenSince(started, chosen)).toEqual(['eu-west is selected']);
  const broken = reduce(pressed(chosen, '+'), { type: 'note', t: 2_000, tone: 'warning', text: 'it is cut' });
  expect(spokenSince(chosen, broken)).toEqual(['eu-west: delay 400 ms', '0:02 warning: it is cut']);
  expect(spokenSince(broken, reduce(broken, { type: 'tick', t: 3_000 }))).toEqual([]);
});

it('says nothing twice when old events fall out of the log', () => {
  const note = (at: number) => ({ type: 'note', t: at, tone: 'info', text: `note ${at}` }) as const;
  const full = Array.from({ length: LOG_MAX }, (_, at) => note(at)).reduce(reduce, stateAfter(ready()));
  expect(spokenSince(full, reduce(full, note(9_999)))).toEqual(['0:09 note 9999']);
});

it('says that events are missing where more came than were read', () => {
  const note = (at: number) => ({ type: 'note', t: at, tone: 'info', text: `note ${at}` }) as const;
  const before = stateAfter(ready());
  const now = Array.from({ length: LOG_MAX + 1 }, (_, at) => note(at)).reduce(reduce, before);
  expect(spokenSince(before, now).slice(0, 2)).toEqual(['events are missing here: they came too fast', '0:00 note 1']);
});

it('reads a screen that is opened, without frames', () => {
  const inForce = [fault({ fault: 'pause', target: 'edge:us-east' })];
  const state = stateAfter(ready(), observed(), { type: 'faults', t: 1, inForce });
  expect(promptText(state)).toBeUndefined();
  expect(promptText(pressed(state, 'x'))).toContain('kill edge:us-east?');
  const help = pressed(state, '?');
  expect(promptText(help)).toBeUndefined();
  expect(spokenSince(state, help).join('\n')).toMatch(/^write +w +change one content[\x20-\x7e\n]*$/m);
  expect(spokenSince(help, reduce(help, { type: 'tick', t: 9_000 }))).toEqual([]);
});
