/** A word of the command line: how it is completed, and what it does. */
import type { ViewAction, ViewState } from '../state/state.ts';

export type Done = { readonly actions: readonly ViewAction[] } | { readonly problem: string };

export interface Word {
  readonly word: string;
  /** As it is written: `delay <region> <time>`. */
  readonly usage: string;
  readonly about: string;
  /** Whether more words may follow than its usage has. */
  readonly takesMore?: true;
  /** What the next argument may be, after those there are. */
  readonly next: (state: ViewState, before: readonly string[]) => readonly string[];
  readonly run: (state: ViewState, words: readonly string[]) => Done;
}

export function does(...actions: readonly ViewAction[]): Done {
  return { actions };
}

export function sends(command: Extract<ViewAction, { type: 'sent' }>['command'], text: string): Done {
  return does({ type: 'sent', command, text });
}
