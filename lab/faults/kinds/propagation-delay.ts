/** propagation-delay: an edge applies invalidations later, or sooner, also those already waiting. */
import { z } from 'zod';
import { pick } from '../../../services/runtime/random.ts';
import { configure } from '../configured.ts';
import { onNode } from '../draw.ts';
import type { Fault } from '../fault.ts';
import { delay } from '../parameters.ts';

const parameters = z.strictObject({ delay });
type Parameters = z.infer<typeof parameters>;

const DRAWN_MS = [0, 100, 400, 1_500] as const;

export const propagationDelay: Fault<Parameters> = {
  name: 'propagation-delay',
  about: 'an edge applies invalidations after another delay, also those that wait already',
  toSee: 'the region is behind for that much longer after each write',
  needs: ['configure'],
  targets: ['edge'],
  parameters,
  lasts: true,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  form: { delay: { initial: '2s' } },
  draws: [onNode('edge', (random) => ({ fault: 'propagation-delay', parameters: { delay: `${pick(random, DRAWN_MS)}ms` }, lasts: true }))],
  describe: ({ target, parameters: { delay: delayMs } }) => `${target.text} applies invalidations after ${delayMs} ms`,
  prepare: (context, spec) => configure(context, spec, { propagationDelayMs: spec.parameters.delay }),
};
