/** A line of the command line: what its last word can become, and what comes of it. */
import { didYouMean } from '../../../lab/input/nearest.ts';
import type { ViewState } from '../state/state.ts';
import { FAULT_COMMANDS } from './faults.ts';
import type { Done, Word } from './word.ts';
import { WORDS } from './words.ts';

export const COMMANDS: readonly Word[] = [...WORDS, ...FAULT_COMMANDS];

function wordsOf(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** For the last word of a text; after a blank, for the next one. */
export function candidatesFor(text: string, state: ViewState): readonly string[] {
  const words = text.trimStart().split(/\s+/);
  const begun = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const found = COMMANDS.find(({ word }) => word === before[0]);
  const all = before.length === 0 ? COMMANDS.map(({ word }) => word) : (found?.next(state, before.slice(1)) ?? []);
  return all.filter((word) => word.startsWith(begun) && word !== '');
}

export function runCommand(text: string, state: ViewState): Done {
  const [word = '', ...others] = wordsOf(text);
  const found = COMMANDS.find((known) => known.word === word);
  if (found === undefined) {
    const known = COMMANDS.map((command) => command.word);
    return { problem: `no command ${word}${didYouMean(word, known) || '; Tab shows them'}` };
  }
  const [, ...takes] = wordsOf(found.usage);
  const surplus = found.takesMore === true ? undefined : others[takes.length];
  return surplus === undefined ? found.run(state, others) : { problem: `${found.usage}: takes no more words, got ${surplus}` };
}
