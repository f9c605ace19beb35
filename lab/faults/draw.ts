/** How the swarm of a seed draws one fault: with its target and parameters as a scenario file writes them. */
import { pick, type Random } from '../../services/runtime/random.ts';
import { type LinkKind, NODES, type NodeKind, nodeName, targetLinks } from '../system/parts.ts';
import type { DrawnFault, FaultDraw } from './fault.ts';

const ARROWS = ['<->', '->', '<-'] as const;
export const NO_PARAMETERS = {};

type Drawn = Pick<DrawnFault, 'fault' | 'parameters' | 'lasts'>;

/** One for each kind of link: a link of that kind, one way or both. `drawn` draws the rest after the region. */
export function onLinks(drawn: (random: Random) => Drawn, kinds?: readonly LinkKind[]): readonly FaultDraw[] {
  // A seed has no cache but ours.
  const links = targetLinks(kinds).filter(({ isOfTargets }) => isOfTargets !== true);
  return links.map(({ caller, callee }) => (random, regions) => {
    const region = pick(random, regions);
    const { fault, parameters, lasts } = drawn(random);
    return { fault, target: `${nodeName(caller, region)}${pick(random, ARROWS)}${nodeName(callee, region)}`, parameters, lasts };
  });
}

/** A node of that kind. `drawn` draws the rest after the region. */
export function onNode(kind: NodeKind, drawn: (random: Random) => Drawn): FaultDraw {
  return (random, regions) => {
    if (!NODES[kind].isRegional) return { ...drawn(random), target: nodeName(kind) };
    const region = pick(random, regions);
    return { ...drawn(random), target: nodeName(kind, region), region };
  };
}
