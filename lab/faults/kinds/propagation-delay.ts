/** propagation-delay: an edge applies invalidations later, or sooner, also those already waiting. */
import { z } from 'zod';
import { configure } from '../configured.ts';
import type { Fault } from '../fault.ts';
import { delay } from '../parameters.ts';

const parameters = z.strictObject({ delay });
type Parameters = z.infer<typeof parameters>;

export const propagationDelay: Fault<Parameters> = {
  name: 'propagation-delay',
  about: 'an edge applies invalidations after another delay, also those already waiting',
  backends: ['docker', 'embedded', 'simulated'],
  targets: ['edge'],
  parameters,
  lasts: true,
  recoveryAllowanceMs: 0,
  describe: ({ target, parameters: { delay: delayMs } }) => `${target.text} applies invalidations after ${delayMs} ms`,
  prepare: (context, spec) => configure(context, spec, { propagationDelayMs: spec.parameters.delay }),
};
