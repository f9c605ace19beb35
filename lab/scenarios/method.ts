/** The method of a scenario: its faults with their times, judged against the table of faults. */
import { z } from 'zod';
import { FAULT_WORDS, faultProblems } from '../faults/written-fault.ts';
import { duration, lasting } from '../input/duration.ts';
import { type Problem, problemsOf } from '../input/problems.ts';

/** Times count from the start of the fault phase. */
export interface ScheduledFault {
  readonly atMs: number;
  readonly fault: string;
  /** As written: it may name several targets. */
  readonly target: string;
  /** undefined: until the heal phase. Longer than the load it is healed in the heal phase all the same. */
  readonly forMs: number | undefined;
  /** As written, and valid against the schema of the fault. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The words of every step; beside them stand the parameters of its fault, which only the fault knows. */
export const step = z.looseObject({
  at: duration,
  fault: z.string('expected a fault'),
  target: z.string('expected a target such as edge:eu-west or origin->kafka'),
  for: lasting.optional(),
});

/** All that is wrong with the steps; paths begin at the number of the step. */
export function methodProblems(steps: readonly unknown[]): readonly Problem[] {
  return steps.flatMap((raw, at) => stepProblems(raw).map(({ path, message }) => ({ path: [at, ...path], message })));
}

function stepProblems(raw: unknown): readonly Problem[] {
  const inWords = problemsOf(step, raw);
  const written = z.record(z.string(), z.unknown()).safeParse(raw).data;
  if (typeof written?.['fault'] !== 'string') return inWords;
  const { fault, target } = written;
  const parameters = parametersOf(written);
  return [
    ...inWords,
    ...faultProblems({ fault, target: typeof target === 'string' ? target : undefined, hasFor: 'for' in written, parameters }),
  ];
}

function parametersOf(written: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(written).filter(([key]) => !FAULT_WORDS.some((word) => word === key)));
}

/** Steps without problems. */
export function toMethod(steps: readonly unknown[]): readonly ScheduledFault[] {
  return steps.map((raw) => {
    const { at, fault, target, for: forMs, ...parameters } = step.parse(raw);
    return { atMs: at, fault, target, forMs, parameters };
  });
}

/** A fault that begins when the load has ended would show nothing. */
export function timeProblems(method: readonly ScheduledFault[], durationMs: number): readonly Problem[] {
  return method.flatMap(({ atMs }, at) =>
    atMs < durationMs
      ? []
      : [{ path: ['method', at, 'at'], message: `expected a time before the load ends (${durationMs} ms), got ${atMs} ms` }],
  );
}

const FOR_MS_MIN = 1;

/**
 * The same faults with all times in proportion, so that in a shorter run each still comes, and as much calm is left
 * around it.
 */
export function shortened(method: readonly ScheduledFault[], share: number): readonly ScheduledFault[] {
  return method.map((fault) => ({
    ...fault,
    atMs: Math.floor(fault.atMs * share),
    forMs: fault.forMs === undefined ? undefined : Math.max(FOR_MS_MIN, Math.round(fault.forMs * share)),
  }));
}
