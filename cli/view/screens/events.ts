/** The events in full, the newest first. */
import { type Line, span } from '../draw/line.ts';
import { eventBlock, eventsShown, titleLine } from '../panels/chrome.ts';
import type { ViewState } from '../state/state.ts';
import type { Room, Screen } from './screen.ts';
import { scrolledLines, scrollKeys } from './scroll.ts';

const SCROLL_MAX = 2_000;

export const events: Screen<'events'> = {
  name: 'events',
  title: 'events',
  keys: [
    { keys: ['escape', 'e'], shown: 'Esc, e', group: 'look', short: 'close', about: 'close this', act: () => ({ type: 'back' }) },
    ...scrollKeys({ screen: 'events', scrollMax: SCROLL_MAX }),
  ],
  others: 'leave',
  place: 'body',
  saidOnce: {},
  lines: (state, { scroll }, room) => scrolledLines(linesOf(state, room), scroll, room),
};

function linesOf(state: ViewState, { width, theme }: Room): readonly Line[] {
  const { filter } = state;
  const title = titleLine([span(`events${filter === '' ? '' : ' with the word of the filter'}, the newest first`, 'muted')], width, theme);
  const lines = eventsShown(state)
    .toReversed()
    .flatMap((event) => eventBlock(event, { width, theme }));
  return [title, ...(lines.length === 0 ? [[span('none yet', 'muted')]] : lines)];
}
