/** pause: a node freezes with its connections open, as under SIGSTOP. */
import { isRunning, isUsable } from './evidence.ts';
import type { Fault } from './fault.ts';
import { type NoParameters, noParameters } from './parameters.ts';
import { NODE_KINDS, nodeOf } from './target.ts';

export const pause: Fault<NoParameters> = {
  name: 'pause',
  about: 'a node freezes with its connections open: its callers hang until their deadline',
  backends: ['docker', 'embedded', 'simulated'],
  targets: NODE_KINDS,
  parameters: noParameters,
  lasts: true,
  recoveryAllowanceMs: 3_000,
  describe: ({ target }) => `${target.text} is paused`,
  async inject(context, { target }) {
    const { control } = context.world;
    const node = nodeOf(target);
    await control.pause(node);
    return {
      isInEffect: async () => (await control.inspect(node)).state === 'paused' && !(await isUsable(context, target)),
      heal: async () => {
        if ((await control.inspect(node)).state === 'paused') await control.resume(node);
      },
      isGone: async () => (await isRunning(control, node)) && (await isUsable(context, target)),
    };
  },
};
