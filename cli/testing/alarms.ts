/** What a run says against the system, and not against the machine that it ran on. */
import type { LabEvent } from '../../lab/report/events.ts';

export type Summary = Extract<LabEvent, { type: 'Summary' }>;

/** What the lab says where the machine keeps it from judging: honest, and no alarm. Of most scenarios it must not. */
export const BY_THE_MACHINE = /the machine stood still|too (?:slow|busy)/;

/** What kept it from passing, other than the machine. */
export function alarmsOf({ error, checks, thresholds, faults }: Summary): readonly string[] {
  return [
    ...(error === undefined ? [] : [error]),
    ...checks
      .filter(({ verdict, reason }) => verdict !== 'pass' && !(verdict === 'unknown' && BY_THE_MACHINE.test(reason)))
      .map(({ check, verdict, reason }) => `${verdict} ${check}: ${reason}`),
    ...thresholds
      .filter(({ ok, doubt }) => !ok && doubt === undefined)
      .map(({ metric, threshold, value }) => `${metric} ${threshold}: ${value}`),
    ...faults.filter(({ effect }) => effect !== 'confirmed').map(({ fault, target }) => `no effect: ${fault} ${target}`),
  ];
}
