/**
 * Goes through the steps of the tour: asked -> begun -> seen, act after act.
 *
 * What was seen is kept the moment it is seen, for a version that is behind now may have caught up by the next frame.
 */
import type { LiveEvent } from '../../../lab/live/protocol.ts';
import { plain } from '../draw/format.ts';
import type { Actions } from '../keys/binding.ts';
import { reduce } from '../state/reduce.ts';
import type { ScreenOf, ScreenState } from '../state/screen-state.ts';
import { topOf, type ViewAction, type ViewState } from '../state/state.ts';
import { commandsToRestore, commandsToSet, settingsBefore } from './settings.ts';
import { type Act, regionsOf } from './step.ts';
import { STEPS } from './steps.ts';

export type TourScreen = ScreenOf<'tour'>;

export const TOUR: TourScreen = { screen: 'tour', step: 0, act: 0, begun: undefined, seen: undefined, before: undefined };

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
  return top.seen !== undefined || isOverdue(state, top) ? next(state, top) : undefined;
}

/** The key that an act names does it, and nothing else. */
export function press(state: ViewState, key: string): Actions {
  const top = topOf(state);
  return top.screen === 'tour' && top.begun === undefined && actOf(top)?.key === key ? goOn(state) : undefined;
}

function begin(state: ViewState, screen: TourScreen, act: Act): readonly ViewAction[] {
  const { nowMs, regions, race, stampede, origin } = state;
  const begun = { nowMs, regions, race, stampede, origin };
  // A tour that was open before the world was up has set nothing yet.
  const set = settingsSet(state, screen.before);
  const sent = act.commands(regionsOf(state)).map((command) => ({ type: 'sent', command, text: act.does }) as const);
  return [{ type: 'change', screen: { ...screen, before: set.before, begun, seen: undefined } }, ...set.sent, ...sent];
}

/** What happens in the tour happens now, with the settings it speaks of. */
export function openTour(state: ViewState): Actions {
  if (state.regions.length === 0) return undefined;
  const { before, sent } = settingsSet(state, undefined);
  const now = state.lookedAtMs === undefined ? [] : [{ type: 'look-now' } as const];
  return [...now, { type: 'open', screen: { ...TOUR, before } }, ...sent];
}

function settingsSet({ regions }: ViewState, known: TourScreen['before']) {
  const before = known ?? settingsBefore(regions);
  const commands = known === undefined ? commandsToSet(before, regions) : [];
  return { before, sent: commands.map((command) => ({ type: 'sent', command, text: 'settings of the tour' }) as const) };
}

/** What a step has left broken is healed by its id: a heal of everything would also take what the next step breaks. */
function next({ faults }: ViewState, screen: TourScreen): readonly ViewAction[] {
  const { step, act } = screen;
  const isLast = act + 1 >= (STEPS[step]?.acts.length ?? 0);
  const after: TourScreen = { ...screen, begun: undefined, seen: undefined, step: isLast ? step + 1 : step, act: isLast ? 0 : act + 1 };
  const left = isLast ? faults.filter(({ state }) => state !== 'healing') : [];
  const healed = left.map(
    ({ id, fault, target }) => ({ type: 'sent', command: { do: 'heal', id }, text: `heal ${fault} ${plain(target)}` }) as const,
  );
  return [...healed, { type: 'change', screen: after }];
}

const HEAL: ViewAction = { type: 'sent', command: { do: 'heal-all' }, text: 'heal everything' };

/** What the tour broke is healed, what it set is put back. */
export function leaveTour(state: ViewState): readonly ViewAction[] {
  const top = topOf(state);
  const before = top.screen === 'tour' ? (top.before ?? []) : [];
  const restored = commandsToRestore(before, state.regions).map(
    (command) => ({ type: 'sent', command, text: 'settings as before the tour' }) as const,
  );
  return [...(state.faults.length === 0 ? [] : [HEAL]), ...restored, { type: 'back' }];
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
