/** Commands to the lab as actions of the view: what destroys something asks first. */
import { factsOf } from '../../../lab/faults/faults.ts';
import type { LabCommand } from '../../../lab/live/protocol.ts';
import { delayText, plain } from '../draw/format.ts';
import type { Confirm } from '../state/screen-state.ts';
import type { ViewAction } from '../state/state.ts';

export type Injection = Extract<LabCommand, { do: 'inject' }>;

export function injectionText({ fault, target, parameters = {}, forMs }: Injection): string {
  const words = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return plain([fault, target, ...words, ...(forMs === undefined ? [] : [`for ${delayText(forMs)}`])].join(' '));
}

/** Sends it, or opens the question whether to. */
export function injectionAction(command: Injection): ViewAction {
  const echo = injectionText(command);
  const consequence = factsOf(command).destroys;
  if (consequence === undefined) return { type: 'sent', command, text: echo };
  const question = `${command.fault} ${plain(command.target)}?`;
  const orders = [{ command, echo }];
  const screen: Confirm = { screen: 'confirm', question, consequence, word: command.fault, orders, isOfPast: false, isAccepted: false };
  return { type: 'open', screen };
}
