/**
 * What a fault of the table can be aimed at in this world, the selected region's first; and what its parameters are at
 * first.
 */

import type { Fault } from '../../../lab/faults/fault.ts';
import { FAULTS } from '../../../lab/faults/faults.ts';
import { keysAt } from '../../../lab/input/problems.ts';
import { isEverywhere, type LinkPart, NODE_KINDS, NODES, type NodeKind, nodeName, targetLinks } from '../../../lab/system/parts.ts';
import { worldsWith } from '../../../lab/worlds/worlds.ts';
import type { ViewState } from '../state/state.ts';

export interface ParameterView {
  readonly name: string;
  readonly required: boolean;
  readonly value: string;
  readonly choices: readonly string[] | undefined;
}

/** Those that can be injected in this world. */
export function faultsHere({ backend }: Pick<ViewState, 'backend'>): readonly Fault[] {
  return [...FAULTS.values()].filter((fault) => backend === undefined || worldsWith(fault).includes(backend));
}

export function targetsOf(
  { targets, links: kinds }: Fault,
  { regions, selected }: Pick<ViewState, 'regions' | 'selected'>,
): readonly string[] {
  const names = regions.map(({ region }) => region);
  const first = names[selected];
  const inOrder = first === undefined ? names : [first, ...names.filter((name) => name !== first)];
  const links = targets.includes('link') ? targetLinks(kinds).filter(({ isOfTargets }) => isOfTargets !== true) : [];
  // An edge before its cache.
  const nodes = NODE_KINDS.filter((kind) => targets.includes(kind) && isEverywhere(kind)).sort(
    (one, other) => Number(NODES[other].canAsk) - Number(NODES[one].canAsk),
  );
  const linkAt = ({ caller, callee }: LinkPart, region?: string) => `${nodeName(caller, region)}<->${nodeName(callee, region)}`;
  const isRegional = (kind: NodeKind) => NODES[kind].isRegional;
  return [
    ...inOrder.flatMap((region) => [
      ...links.filter(({ caller }) => isRegional(caller)).map((link) => linkAt(link, region)),
      ...nodes.filter(isRegional).map((kind) => nodeName(kind, region)),
    ]),
    ...links.filter(({ caller }) => !isRegional(caller)).map((link) => linkAt(link)),
    ...nodes.filter((kind) => !isRegional(kind)),
  ];
}

export function parametersOf({ parameters, form }: Fault): readonly ParameterView[] {
  return keysAt(parameters, []).map(({ name, required }) => ({
    name,
    required,
    value: form[name]?.initial ?? '',
    choices: form[name]?.choices,
  }));
}
