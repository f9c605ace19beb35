/**
 * Goes through the steps of the tour: asked -> begun -> seen, act after act.
 *
 * What was seen is kept the moment it is seen, for a version that is behind now may have caught up by the next frame.
 */
import type { LabCommand, LiveEvent } from '../../../lab/live/protocol.ts';
import type { Actions } from '../keys/binding.ts';
import { reduce } from '../state/reduce.ts';
import type { ScreenOf, ScreenState } from '../state/screen-state.ts';
import { topOf, type ViewAction, type ViewState } from '../state/state.ts';
import { type Act, regionsOf } from './step.ts';
import { STEPS } from './steps.ts';

export type TourScreen = ScreenOf<'tour'>;

export const TOUR: TourScreen = { screen: 'tour', step: 0, act: 0, begun: undefined, seen: undefined };

/** An act that shows nothing by then can be left behind. */
const SEEN_MS_MAX = 30_000;

/** undefined after the last step. */
export function actOf({ step, act }: Pick<TourScreen, 'step' | 'act'>): Act | undefined {
  return STEPS[step]?.acts[act];
}

export function isOverdue({ nowMs }: ViewState, { begun, seen }: TourScreen): boolean {
  return begun !== undefined && seen === undefined && nowMs - begun.nowMs > SEEN_MS_MAX;
}

/** What the key does: the act; when that was seen, the next one. */
export function goOn(state: ViewState): Actions {
  const top = topOf(state);
  if (top.screen !== 'tour' || state.phase !== 'playing' || state.regions.length === 0) return undefined;
  const act = actOf(top);
  if (act === undefined) return leaveTour(state);
  if (top.begun === undefined) return begin(state, top, act);
  return top.seen !== undefined || isOverdue(state, top) ? { type: 'change', screen: next(top) } : undefined;
}

/** The key that an act names does it, and nothing else. */
export function press(state: ViewState, key: string): Actions {
  const top = topOf(state);
  return top.screen === 'tour' && top.begun === undefined && actOf(top)?.key === key ? goOn(state) : undefined;
}

function begin(state: ViewState, screen: TourScreen, act: Act): readonly ViewAction[] {
  const { nowMs, regions, race, stampede, origin } = state;
  const begun = { nowMs, regions, race, stampede, origin };
  const sent = act.commands(regionsOf(state)).map((command) => ({ type: 'sent', command, text: act.does }) as const);
  return [{ type: 'change', screen: { ...screen, begun, seen: undefined } }, ...sent];
}

function next({ step, act }: TourScreen): TourScreen {
  const isLast = act + 1 >= (STEPS[step]?.acts.length ?? 0);
  return { ...TOUR, step: isLast ? step + 1 : step, act: isLast ? 0 : act + 1 };
}

/** What the tour broke is healed. */
export function leaveTour(state: ViewState): readonly ViewAction[] {
  const heal: LabCommand = { do: 'heal-all' };
  return [...(state.faults.length === 0 ? [] : [{ type: 'sent', command: heal, text: 'heal everything' } as const]), { type: 'back' }];
}

/** The state after an event, where an act of the tour on top may have been seen by it, or after an action. */
export function advance(state: ViewState, event: LiveEvent | ViewAction): ViewState {
  const next = reduce(state, event);
  return 't' in event && event.type !== 'tick' ? withSeen(next) : next;
}

function withSeen(state: ViewState): ViewState {
  const top = topOf(state);
  if (top.screen !== 'tour' || top.begun === undefined || top.seen !== undefined) return state;
  const seen = actOf(top)?.seen(state, top.begun, regionsOf(state));
  if (seen === undefined) return state;
  const screen: ScreenState = { ...top, seen };
  return { ...state, screens: [...state.screens.slice(0, -1), screen] };
}
