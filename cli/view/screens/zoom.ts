/** The zoom: the selected region closely. Every key of the overview holds in it. */
import { zoomLines } from '../panels/zoom.ts';
import type { Screen } from './screen.ts';

export const zoom: Screen<'zoom'> = {
  name: 'zoom',
  title: 'zoom',
  keys: [],
  others: 'all',
  place: 'body',
  saidOnce: {},
  lines: (state, _screen, room) => zoomLines(state, room),
};
