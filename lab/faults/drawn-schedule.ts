/**
 * Where each planned fault goes: `one` and `majority` drawn from the seed among the places that are free at its time,
 * in the order of time. Known before anything starts, so that two faults that exclude each other are found before they
 * meet.
 */
import { createRandom } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import { type ConcreteTarget, resolveTarget } from '../system/target.ts';
import type { FaultOrder } from './fault.ts';
import { FAULTS } from './faults.ts';
import { isConflict } from './order.ts';

export interface PlannedFault extends FaultOrder {
  /** ms from the start of the fault phase. */
  readonly atMs: number;
  /** undefined: until everything is healed. */
  readonly forMs: number | undefined;
}

export interface DrawnFault {
  readonly planned: PlannedFault;
  readonly target: ConcreteTarget;
}

export interface ScheduleProblem {
  /** Its place in the method. */
  readonly at: number;
  readonly message: string;
}

export interface DrawnSchedule {
  /** In the order of time; of one planned fault, one for each of its targets. */
  readonly faults: readonly DrawnFault[];
  readonly problems: readonly ScheduleProblem[];
}

export interface DrawScheduleOptions {
  readonly method: readonly PlannedFault[];
  readonly regions: readonly string[];
  readonly seed: number;
}

export function drawSchedule({ method, regions, seed }: DrawScheduleOptions): DrawnSchedule {
  const random = createRandom(seed).fork('targets');
  const faults: DrawnFault[] = [];
  const problems: ScheduleProblem[] = [];
  for (const planned of method.toSorted((one, other) => one.atMs - other.atMs)) {
    const others = faults.filter((drawn) => meets(drawn.planned, planned));
    const inTheWayOf = (target: ConcreteTarget) => others.find((drawn) => excludes(drawn, { planned, target }));
    const refuse = (message: string) => problems.push({ at: method.indexOf(planned), message });
    try {
      for (const target of resolveTarget(planned.target, regions, random, (one) => inTheWayOf(one) === undefined)) {
        const other = inTheWayOf(target);
        if (other !== undefined)
          refuse(`${other.planned.fault} ${target.text} is still in force at ${planned.atMs} ms: ${untilOf(other.planned)}`);
        faults.push({ planned, target });
      }
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      refuse(error.message);
    }
  }
  return { faults, problems };
}

/** Whether the two can never be in force together. */
export function excludes(one: DrawnFault, other: DrawnFault): boolean {
  return isConflict({ fault: one.planned.fault, target: one.target }, { fault: other.planned.fault, target: other.target });
}

/** Whether the first, which does not begin later, is to be in force when the second begins. */
function meets({ fault, atMs, forMs }: PlannedFault, second: PlannedFault): boolean {
  const lasts = FAULTS.get(fault)?.lasts ?? true;
  return lasts ? atMs + (forMs ?? Number.POSITIVE_INFINITY) > second.atMs : atMs === second.atMs;
}

function untilOf({ atMs, forMs }: PlannedFault): string {
  return forMs === undefined ? 'that fault lasts until everything is healed' : `that fault is healed at ${atMs + forMs} ms`;
}
