/** Opens the list of races. Before there is a world, or while a scenario has it, none is played. */
import { RACES } from '../state/screen-state.ts';
import type { ViewAction, ViewState } from '../state/state.ts';

export function openRaces(state: ViewState): readonly ViewAction[] {
  if (state.phase !== 'playing') return [];
  if (state.run !== undefined && !state.run.isOver) return [{ type: 'echo', text: 'a scenario runs: play a race after its end' }];
  return [
    ...(state.raceChoices === undefined ? [{ type: 'sent', command: { do: 'list-races' }, text: 'races' } as const] : []),
    ...(state.lookedAtMs === undefined ? [] : [{ type: 'look-now' } as const]),
    { type: 'open', screen: RACES },
  ];
}
