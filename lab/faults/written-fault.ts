/** A fault as somebody wrote it, in a scenario file or on a command line, judged against the table of faults. */
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/nearest.ts';
import { keysAt, type Problem, problemsOf, shown, unknownKey } from '../input/problems.ts';
import { linkKindIn, targetKindOf } from '../system/target.ts';
import type { Fault } from './fault.ts';
import { FAULTS } from './faults.ts';
import { targetsInWords } from './signature.ts';

/** Words of the lab's own beside a fault's parameters. */
export const FAULT_WORDS = ['at', 'fault', 'target', 'for'] as const;

export interface WrittenFault {
  readonly fault: string;
  /** undefined: judged elsewhere. */
  readonly target: string | undefined;
  readonly hasFor: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** All that is wrong with it; paths begin at its own keys, a parameter being one of them. */
export function faultProblems({ fault: name, target, hasFor, parameters }: WrittenFault): readonly Problem[] {
  const fault = FAULTS.get(name);
  const inTarget = target === undefined ? [] : targetProblems(target, fault);
  if (fault === undefined) {
    const known = [...FAULTS.keys()];
    const message = `expected a fault (${known.join(', ')}), got ${shown(name)}${didYouMean(name, known)}`;
    return [{ path: ['fault'], message }, ...inTarget];
  }
  const inFor = hasFor && !fault.lasts ? [{ path: ['for'], message: `${name} is over at once and takes no for` }] : [];
  return [...inTarget, ...inFor, ...parameterProblems(fault, parameters)];
}

function parameterProblems({ parameters: schema }: Fault, parameters: Readonly<Record<string, unknown>>): readonly Problem[] {
  const known = keysAt(schema, []).map((key) => key.name);
  return problemsOf(schema, parameters).map((problem) => {
    const [key] = problem.path;
    const isUnknown = problem.path.length === 1 && typeof key === 'string' && !known.includes(key);
    return isUnknown ? { ...problem, message: unknownKey(key, [...FAULT_WORDS, ...known]) } : problem;
  });
}

function targetProblems(target: string, fault: Fault | undefined): readonly Problem[] {
  try {
    const kind = targetKindOf(target);
    const link = linkKindIn(target);
    const isOfItsLinks = link === undefined || (fault?.links ?? [link]).includes(link);
    if (fault === undefined || (fault.targets.includes(kind) && isOfItsLinks)) return [];
    return [{ path: ['target'], message: `expected a target of ${fault.name} (${targetsInWords(fault)}), got ${shown(target)}` }];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return [{ path: ['target'], message: error.message }];
  }
}
