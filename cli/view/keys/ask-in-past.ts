/** While the screen shows the past, what acts on the live system asks first. When it is done, the screen is of now. */
import type { LabCommand } from '../../../lab/live/protocol.ts';
import { momentText, plain } from '../draw/format.ts';
import type { Confirm } from '../state/screen-state.ts';
import type { ViewAction, ViewState } from '../state/state.ts';

/** Changes nothing. */
const ONLY_READ: readonly LabCommand['do'][] = ['list-scenarios', 'list-races', 'save-run'];

export function askedInPast({ lookedAtMs, nowMs }: ViewState, actions: readonly ViewAction[]): readonly ViewAction[] {
  if (lookedAtMs === undefined || actions.some(({ type }) => type === 'look-now')) return actions;
  const consequence = `the screen shows ${momentText(nowMs - lookedAtMs)} ago; the key acts now, and the screen goes back to now`;
  const acting = actions.filter((action) => action.type === 'sent').filter(({ command }) => !ONLY_READ.includes(command.do));
  const others = actions.filter((action) => action.type !== 'sent' || !acting.includes(action)).map((action) => ofNow(action, consequence));
  const [first] = acting;
  if (first === undefined) return others;
  const words = acting.length === 1 ? plain(first.text) : `${plain(first.text)} and ${acting.length - 1} more`;
  const orders = acting.map(({ command, text }) => ({ command, echo: text }));
  const question: Confirm = {
    ...{ screen: 'confirm', question: `${words}, now?`, consequence, word: 'do it', orders },
    ...{ isOfPast: true, isAccepted: false },
  };
  return [...others, { type: 'open', screen: question }];
}

/** What asks already says the more. */
function ofNow(action: ViewAction, consequence: string): ViewAction {
  if (action.type !== 'open' || action.screen.screen !== 'confirm') return action;
  const { screen } = action;
  return { ...action, screen: { ...screen, consequence: `${screen.consequence}; ${consequence}`, isOfPast: true } };
}
