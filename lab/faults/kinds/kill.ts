/** kill: a node ends at once, as under SIGKILL, and is started again when the fault is healed. */

import { NODE_KINDS } from '../../system/parts.ts';
import { nodeOf } from '../../system/target.ts';
import { NO_PARAMETERS, onNode } from '../draw.ts';
import { isRunning, isSeenUsable, isUsable } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';

const DRAWN = ['edge', 'redis', 'origin', 'kafka', 'postgres'] as const;

export const kill: Fault<NoParameters> = {
  name: 'kill',
  about: 'a node ends at once: its memory is lost; the heal starts the node again',
  toSee:
    'callers of the node are refused: a dead edge is dim, a dead cache makes every read a fetch, a dead log lets every region fall behind',
  needs: ['kill'],
  targets: NODE_KINDS,
  parameters: noParameters,
  lasts: true,
  excuses: 'path',
  // A killed member holds its partitions until its session has run out.
  recoveryAllowanceMs: 10_000,
  setsNodeState: true,
  beginsAnew: true,
  destroys: 'the memory of the node is lost; the heal starts the node again',
  shows: { word: 'killed', state: 'down' },
  form: {},
  draws: DRAWN.map((kind) => onNode(kind, () => ({ fault: 'kill', parameters: NO_PARAMETERS, lasts: true }))),
  describe: ({ target }) => `${target.text} is killed`,
  async prepare(context, { target }) {
    const { control } = context.world;
    const node = nodeOf(target);
    await control.register({ do: 'kill', node });
    return {
      act: () => control.kill(node),
      isRecorded: async () => (await control.inspect(node)).state === 'stopped',
      isInEffect: async () => !(await isSeenUsable(context, target)),
      heal: () => control.start(node),
      isGone: async () => (await isRunning(control, node)) && (await isUsable(context, target)),
    };
  },
};
