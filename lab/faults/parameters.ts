/** The parameters of faults as a scenario file or a command line writes them. */
import { z } from 'zod';
import { PROPAGATION_DELAY_MS_MAX } from '../../services/protocol/edge-api.ts';
import { duration } from '../input/duration.ts';
import type { Fault } from './fault.ts';

export const noParameters = z.strictObject({});
export type NoParameters = z.infer<typeof noParameters>;

export const delay = duration.refine((ms) => ms <= PROPAGATION_DELAY_MS_MAX, `expected at most ${PROPAGATION_DELAY_MS_MAX} ms`);

/** The values that the form of a fault begins with, as a command line writes them. */
export function initialParameters({ form }: Pick<Fault, 'form'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(form).map(([name, { initial }]) => [name, initial]));
}
