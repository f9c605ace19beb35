/**
 * How what is shown changes, as a pure function of what it was and what it is told: the lab's events, and the view's
 * own actions.
 */
import type { LabCommand, LiveEvent } from '../../../lab/live/protocol.ts';
import { withEvent } from './apply-event.ts';
import { movedBy } from './past.ts';
import { pendingFrom } from './pending-settings.ts';
import { newRace, raceAfterCommand, withTurnShown } from './race-view.ts';
import { withTime } from './samples.ts';
import { OVERVIEW, SCREENS_MAX } from './screen-state.ts';
import type { ViewAction, ViewState } from './state.ts';

export const COMMANDS_MAX = 100;

export function reduce(state: ViewState, event: LiveEvent | ViewAction): ViewState {
  if ('t' in event && event.type !== 'tick') return withEvent(withTime(state, event.t), event);
  return withAction(event.type === 'tick' ? withTime(state, event.t) : state, event as ViewAction);
}

function withAction(now: ViewState, action: ViewAction): ViewState {
  switch (action.type) {
    case 'tick':
    case 'stop':
    case 'repaint':
    case 'copy':
      return now;
    case 'select':
      return { ...now, selected: within(action.index, now.regions.length, now.selected) };
    case 'step-selection':
      return { ...now, selected: wrapped(now.selected + action.by, now.regions.length) };
    case 'open':
      return now.screens.length < SCREENS_MAX ? { ...now, screens: [...now.screens, action.screen] } : now;
    case 'change':
      return { ...now, screens: [...now.screens.slice(0, -1), action.screen] };
    case 'back':
      return now.screens.length > 1 ? { ...now, screens: now.screens.slice(0, -1) } : now;
    case 'show-turn':
      return { ...now, played: now.played === undefined ? undefined : withTurnShown(now.played) };
    case 'filter':
      return { ...now, filter: action.text };
    case 'sort':
      return { ...now, sort: action.by };
    case 'pause':
      return { ...now, lookedAtMs: now.lookedAtMs === undefined ? movedBy(now, 0) : undefined };
    case 'look':
      return { ...now, lookedAtMs: movedBy(now, action.byMs) };
    case 'look-at':
      return { ...now, lookedAtMs: action.atMs };
    case 'look-now':
      return { ...now, lookedAtMs: undefined };
    case 'entered':
      return { ...now, commands: [...now.commands.filter((text) => text !== action.text), action.text].slice(-COMMANDS_MAX) };
    case 'echo':
      return { ...now, echo: { text: action.text, t: now.nowMs } };
    case 'sent':
      return withSent(now, action);
    case 'leave':
      return { ...now, phase: 'leaving', screens: [OVERVIEW], lookedAtMs: undefined };
  }
}

function withSent(state: ViewState, { command, text }: Extract<ViewAction, { type: 'sent' }>): ViewState {
  const echoed = { ...state, echo: { text, t: state.nowMs }, ...afresh(state, command) };
  if (command.do !== 'configure') return echoed;
  const regions = state.regions.map((region) =>
    region.region === command.region ? { ...region, pending: pendingFrom(region.pending, command, state.nowMs) } : region,
  );
  return { ...echoed, regions };
}

/** What is gone, or goes on, with what was asked for. */
function afresh({ played }: ViewState, command: LabCommand): Partial<ViewState> {
  if (command.do === 'run') return { run: undefined };
  if (command.do === 'play-race') return { played: newRace(command) };
  return played === undefined ? {} : { played: raceAfterCommand(played, command) };
}

function within(index: number, count: number, otherwise: number): number {
  return index >= 0 && index < count ? index : otherwise;
}

function wrapped(index: number, count: number): number {
  return count === 0 ? 0 : (index + count) % count;
}
