/** strategy: an edge invalidates eagerly (gone at once) or lazily (served as stale while it is fetched again). */
import { z } from 'zod';
import { strategy as strategyName } from '../../../services/protocol/invalidation.ts';
import { pick } from '../../../services/runtime/random.ts';
import { configure } from '../configured.ts';
import { onNode } from '../draw.ts';
import type { Fault } from '../fault.ts';

const parameters = z.strictObject({ strategy: strategyName });
type Parameters = z.infer<typeof parameters>;

const STRATEGIES = strategyName.options;

export const strategy: Fault<Parameters> = {
  name: 'strategy',
  about: 'an edge invalidates eagerly or lazily from now on',
  toSee: 'lazy: the first read after a write is an old version, labelled stale; eager: that read waits for the origin',
  needs: ['configure'],
  targets: ['edge'],
  parameters,
  lasts: true,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  form: { strategy: { initial: 'eager', choices: STRATEGIES } },
  draws: [onNode('edge', (random) => ({ fault: 'strategy', parameters: { strategy: pick(random, STRATEGIES) }, lasts: true }))],
  describe: ({ target, parameters: { strategy: name } }) => `${target.text} is ${name}`,
  prepare: (context, spec) => configure(context, spec, { strategy: spec.parameters.strategy }),
};
