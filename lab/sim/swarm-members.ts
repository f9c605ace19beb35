/**
 * Which regions of a seed have several edges, and which of them its faults are aimed at. Of streams of chance of their
 * own: other seeds stay as they are.
 */
import { pick, type Random } from '../../services/runtime/random.ts';
import type { PlannedFault } from '../faults/drawn-schedule.ts';
import { memberName } from '../system/parts.ts';

const MEMBERS_ONE_IN = 4;
const MEMBERS = [1, 2, 2, 3] as const;
/** The most edges that a region is given by a seed. */
export const MEMBERS_DRAWN_MAX = Math.max(...MEMBERS);
/** One fault in so many meets every edge of its region. */
const ALL_ONE_IN = 3;
/** A setting is its region's. */
const OF_REGIONS: readonly string[] = ['propagation-delay', 'strategy'];
const EDGE = /edge:([a-z0-9-]+)/;

export interface MembersDraw {
  readonly regions: readonly string[];
  readonly forced: number | undefined;
  /** Where each edge has a clock of its own, nobody can tell whose time an entry has. */
  readonly areClocksOne: boolean;
}

/** Of the regions that have several, how many. */
export function drawMembers(random: Random, { regions, forced, areClocksOne }: MembersDraw): ReadonlyMap<string, number> {
  const isDrawn = random.below(MEMBERS_ONE_IN) === 0;
  if (!areClocksOne || !(isDrawn || forced !== undefined)) return new Map();
  const each = regions.map((region) => [region, forced ?? pick(random, MEMBERS)] as const);
  return new Map(each.filter(([, members]) => members > 1));
}

/** A fault at an edge meets one of those of its region, or now and then all of them. */
export function drawMemberFaults(
  random: Random,
  method: readonly PlannedFault[],
  members: ReadonlyMap<string, number>,
): readonly PlannedFault[] {
  return method.flatMap((fault) => {
    const region = EDGE.exec(fault.target)?.[1] ?? '';
    const several = members.get(region) ?? 1;
    if (several === 1 || OF_REGIONS.includes(fault.fault)) return [fault];
    const all = Array.from({ length: several }, (_, at) => at + 1);
    const met = random.below(ALL_ONE_IN) === 0 ? all : [pick(random, all)];
    return met.map((member) => ({ ...fault, target: fault.target.replace(EDGE, memberName(region, member)) }));
  });
}
