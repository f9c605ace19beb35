/** restart: a node ends at once and starts again. */

import { NODE_KINDS } from '../../system/parts.ts';
import { nodeOf } from '../../system/target.ts';
import { NO_PARAMETERS, onNode } from '../draw.ts';
import { isUsable } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';

const DRAWN = ['edge', 'redis', 'origin'] as const;

export const restart: Fault<NoParameters> = {
  name: 'restart',
  about: 'a node ends at once and starts again: its memory is lost',
  toSee: 'a dead edge is dim for some seconds; a cache in memory comes back empty, so the hit ratio falls',
  needs: ['kill'],
  targets: NODE_KINDS,
  parameters: noParameters,
  lasts: false,
  excuses: 'path',
  recoveryAllowanceMs: 10_000,
  setsNodeState: true,
  beginsAnew: true,
  destroys: 'the memory of the node is lost',
  shows: { word: 'restarting', state: 'down' },
  form: {},
  draws: DRAWN.map((kind) => onNode(kind, () => ({ fault: 'restart', parameters: NO_PARAMETERS, lasts: false }))),
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
