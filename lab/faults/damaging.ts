/**
 * A fault that damages a server: what all of them have in common. The world itself says which are in force or done, and
 * that is the evidence.
 */
import type { Damage } from '../system/mechanisms.ts';
import type { NodeKind } from '../system/parts.ts';
import { nodeOf } from '../system/target.ts';
import { NO_PARAMETERS, onNode } from './draw.ts';
import type { Fault } from './fault.ts';
import { type NoParameters, noParameters } from './parameters.ts';
import type { Slowing } from './slowing.ts';

/**
 * What an edge has read and cannot apply is called fresh no longer than this (OVERDUE_MS_MAX of
 * services/edge/overdue.ts, which the lab may not import), with the steps that come before it is known to be due.
 */
export const UNTIL_OVERDUE: Slowing = { invalidationMs: 1_200, fetchMs: 0, callMs: 0 };

type Facts = Pick<Fault, 'name' | 'about' | 'toSee' | 'lasts' | 'excuses' | 'recoveryAllowanceMs'> &
  Partial<Pick<Fault, 'slows' | 'emptiesCache' | 'destroys' | 'shows'>>;

export interface Damaging extends Facts {
  readonly damage: Damage;
  readonly of: NodeKind;
  /** After the name of its target. */
  readonly says: string;
}

export function damaging({ damage, of, says, ...facts }: Damaging): Fault<NoParameters> {
  const { name, lasts } = facts;
  return {
    ...facts,
    needs: [damage],
    targets: [of],
    parameters: noParameters,
    form: {},
    draws: [onNode(of, () => ({ fault: name, parameters: NO_PARAMETERS, lasts }))],
    describe: ({ target }) => `${target.text} ${says}`,
    async prepare({ world: { control } }, { id, target }) {
      const node = nodeOf(target);
      await control.register({ do: 'damage', id, node, damage });
      const isKnown = async () => (await control.inspect(node)).damages?.[id] !== undefined;
      return {
        act: () => control.damage(id, node, damage),
        isInEffect: isKnown,
        heal: () => control.repair(id),
        isGone: async () => !(await isKnown()),
      };
    },
  };
}
