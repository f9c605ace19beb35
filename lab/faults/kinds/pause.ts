/** pause: a node freezes with its connections open, as under SIGSTOP. */

import { NODE_KINDS } from '../../system/parts.ts';
import { nodeOf } from '../../system/target.ts';
import { NO_PARAMETERS, onNode } from '../draw.ts';
import { isRunning, isSeenUsable, isUsable } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';

const DRAWN = ['edge', 'redis', 'origin', 'kafka', 'postgres'] as const;

export const pause: Fault<NoParameters> = {
  name: 'pause',
  about: 'a node freezes with its connections open: calls to the node hang until their deadline',
  toSee: 'calls to the node wait for their deadline: P99 goes up to seconds, then answers come without the node or fail',
  needs: ['pause'],
  targets: NODE_KINDS,
  parameters: noParameters,
  lasts: true,
  excuses: 'path',
  recoveryAllowanceMs: 3_000,
  setsNodeState: true,
  freezes: true,
  shows: { word: 'paused', state: 'paused' },
  form: {},
  draws: DRAWN.map((kind) => onNode(kind, () => ({ fault: 'pause', parameters: NO_PARAMETERS, lasts: true }))),
  describe: ({ target }) => `${target.text} is paused`,
  async prepare(context, { target }) {
    const { control } = context.world;
    const node = nodeOf(target);
    await control.register({ do: 'pause', node });
    return {
      act: () => control.pause(node),
      isRecorded: async () => (await control.inspect(node)).state === 'paused',
      isInEffect: async () => !(await isSeenUsable(context, target)),
      heal: () => control.resume(node),
      isGone: async () => (await isRunning(control, node)) && (await isUsable(context, target)),
    };
  },
};
