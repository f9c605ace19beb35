/** The parameters of faults as a scenario file or a command line writes them. */
import { z } from 'zod';
import { PROPAGATION_DELAY_MS_MAX } from '../../services/protocol/edge-api.ts';
import { duration } from '../input/duration.ts';

export const noParameters = z.strictObject({});
export type NoParameters = z.infer<typeof noParameters>;

export const delay = duration.refine((ms) => ms <= PROPAGATION_DELAY_MS_MAX, `expected at most ${PROPAGATION_DELAY_MS_MAX} ms`);
