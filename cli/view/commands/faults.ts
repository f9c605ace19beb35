/**
 * Each fault of the table as a command: `partition edge:eu-west<->kafka for 10s`, `latency origin<->kafka
 * latency=200ms`.
 */

import type { Fault } from '../../../lab/faults/fault.ts';
import { FAULTS } from '../../../lab/faults/faults.ts';
import { faultProblems } from '../../../lab/faults/written-fault.ts';
import { parseDuration } from '../../../lab/input/duration.ts';
import { targetProblem } from '../../../lab/system/target.ts';
import { worldsWith } from '../../../lab/worlds/worlds.ts';
import type { ViewState } from '../state/state.ts';
import { injectionAction } from './injection.ts';
import { parametersOf, targetsOf } from './targets.ts';
import { type Done, does, type Word } from './word.ts';

const FOR = 'for';
const DURATIONS = ['5s', '10s', '30s', '1m'] as const;

export interface WrittenOrder {
  readonly fault: string;
  readonly target: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly forText: string | undefined;
}

/** The one way from words to a fault in force: of the command line and of the menu. */
export function orderFault({ fault, target, parameters, forText }: WrittenOrder, state: ViewState): Done {
  const forMs = forText === undefined ? undefined : parseDuration(forText);
  if (forText !== undefined && !forMs) return { problem: `for: expected a duration such as 300ms, 5s or 2m, got ${forText}` };
  const problems = faultProblems({ fault, target, hasFor: forText !== undefined, parameters });
  // A parameter that is misspelt is missing, too.
  const problem = problems.find(({ message }) => message.startsWith('no such key')) ?? problems[0];
  if (problem !== undefined) return { problem: [...problem.path.map(String), problem.message].join(': ') };
  const found = FAULTS.get(fault);
  const backends = found === undefined ? [] : worldsWith(found);
  if (state.backend !== undefined && found !== undefined && !backends.includes(state.backend))
    return { problem: `${fault} cannot be injected in the ${state.backend} world, only in ${backends.join(', ')}` };
  const regions = state.regions.map(({ region }) => region);
  const wrong = targetProblem(target, regions);
  if (wrong !== undefined) return { problem: wrong };
  const given = Object.keys(parameters).length === 0 ? {} : { parameters };
  return does(injectionAction({ do: 'inject', fault, target, ...given, ...(forMs === undefined ? {} : { forMs }) }));
}

function toWord(fault: Fault): Word {
  const { name, about, lasts } = fault;
  return {
    word: name,
    usage: [name, '<target>', ...parametersOf(fault).map(({ name: key }) => `${key}=…`), ...(lasts ? ['[for <time>]'] : [])].join(' '),
    about,
    takesMore: true,
    next: (state, before) => nextOf(fault, state, before),
    run: (state, words) => runOne(name, state, words),
  };
}

function nextOf(fault: Fault, state: ViewState, before: readonly string[]): readonly string[] {
  if (before.length === 0) return targetsOf(fault, state);
  if (before.at(-1) === FOR) return DURATIONS;
  const left = parametersOf(fault).filter(({ name }) => !before.some((word) => word.startsWith(`${name}=`)));
  const values = left.flatMap(({ name, value, choices }) => (choices ?? [value]).map((one) => `${name}=${one}`));
  return [...values, ...(fault.lasts && !before.includes(FOR) ? [FOR] : [])];
}

function runOne(fault: string, state: ViewState, words: readonly string[]): Done {
  const at = words.indexOf(FOR);
  const [target, ...given] = at < 0 ? words : words.slice(0, at);
  if (target === undefined) return { problem: `${fault}: expected a target; Tab shows them` };
  const bad = given.find((word) => !/^[^=]+=/.test(word));
  if (bad !== undefined) return { problem: `${fault}: expected a parameter such as latency=200ms, or for 10s, got ${bad}` };
  const names = given.map((word) => word.slice(0, word.indexOf('=')));
  const twice = given.find((_, index) => names.indexOf(names[index] ?? '') < index);
  if (twice !== undefined) return { problem: `${fault}: expected ${twice.slice(0, twice.indexOf('='))} once, got ${twice}` };
  const surplus = at < 0 ? undefined : words[at + 2];
  if (surplus !== undefined) return { problem: `${fault}: expected nothing after for ${words[at + 1]}, got ${surplus}` };
  const parameters = Object.fromEntries(given.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  return orderFault({ fault, target, parameters, forText: at < 0 ? undefined : (words[at + 1] ?? '') }, state);
}

export const FAULT_COMMANDS: readonly Word[] = [...FAULTS.values()].filter(({ name }) => name !== 'strategy').map(toWord);
