/** What a run says against the system, and not against the machine that it ran on. */
import { EXIT, type ExitCode } from '../errors.ts';
import type { LabEvent } from '../report/events.ts';

export type Summary = Extract<LabEvent, { type: 'Summary' }>;

/** What the lab says where the machine keeps it from judging: honest, and no alarm. Of most scenarios it must not. */
export const BY_THE_MACHINE = /the machine stood still|too (?:slow|busy)/;

/**
 * A short load may hold too little for a check: two purges, and both while a fault excuses what follows. That says
 * nothing against the system.
 */
const SHOWN_NOTHING = /^nothing to judge/;

function isHonestDoubt(verdict: string, reason: string): boolean {
  return verdict === 'unknown' && (BY_THE_MACHINE.test(reason) || SHOWN_NOTHING.test(reason));
}

/** What kept it from passing, other than the machine and a load that was too short. */
export function alarmsOf({ error, checks, thresholds, faults }: Summary): readonly string[] {
  return [
    ...(error === undefined ? [] : [error]),
    ...checks
      .filter(({ verdict, reason }) => verdict !== 'pass' && !isHonestDoubt(verdict, reason))
      .map(({ check, verdict, reason }) => `${verdict} ${check}: ${reason}`),
    ...thresholds
      .filter(({ ok, doubt }) => !ok && doubt === undefined)
      .map(({ metric, threshold, value }) => `${metric} ${threshold}: ${value}`),
    ...faults.filter(({ effect }) => effect !== 'confirmed').map(({ fault, target }) => `no effect: ${fault} ${target}`),
  ];
}

/**
 * How a run of the right program ends in real time: on a busy machine a short load may show nothing, and the run says
 * so.
 */
export const RAN_THROUGH: readonly (ExitCode | null)[] = [EXIT.pass, EXIT.unknown];
