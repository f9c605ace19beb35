/** The overview: at the bottom of the stack, with no keys of its own. */
import { overviewLines } from '../panels/overview.ts';
import type { Screen } from './screen.ts';

export const overview: Screen<'overview'> = {
  name: 'overview',
  title: 'overview',
  keys: [],
  others: 'all',
  place: 'body',
  lines: (state, _screen, room) => overviewLines(state, room),
};
