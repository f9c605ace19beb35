/** restart: a node ends at once and starts again. */

import { NODE_KINDS, nodeOf } from '../../system/target.ts';
import { isUsable } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';

export const restart: Fault<NoParameters> = {
  name: 'restart',
  about: 'a node ends at once and starts again: what is not durable is gone',
  backends: ['docker', 'embedded', 'simulated'],
  targets: NODE_KINDS,
  parameters: noParameters,
  lasts: false,
  recoveryAllowanceMs: 10_000,
  describe: ({ target }) => `${target.text} is restarted`,
  async prepare(context, { target }) {
    const { control } = context.world;
    const node = nodeOf(target);
    const before = await control.inspect(node);
    await control.register({ do: 'kill', node });
    return {
      act: async () => {
        await control.kill(node);
        await control.start(node);
      },
      // Its end is seen while it is still on its way up.
      isInEffect: async () => {
        const { state, incarnation } = await control.inspect(node);
        return state === 'stopped' || incarnation !== before.incarnation;
      },
      heal: () => control.start(node),
      isGone: () => isUsable(context, target),
    };
  },
};
