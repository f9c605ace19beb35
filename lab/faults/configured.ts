/**
 * A fault that changes a setting of an edge for as long as it is in force: what propagation-delay and strategy have in
 * common.
 */
import type { EdgeConfigChange } from '../../services/protocol/edge-api.ts';
import { need } from '../system/edges/edge.ts';
import { nodeName } from '../system/parts.ts';
import { isRunning } from './evidence.ts';
import type { FaultContext, FaultSpec, PreparedFault } from './fault.ts';
import { edgeOf } from './region-target.ts';

/** One setting of the two. */
type Setting = keyof EdgeConfigChange;

export async function configure(
  { world, clients }: FaultContext,
  { target, fault }: FaultSpec,
  change: EdgeConfigChange,
): Promise<PreparedFault> {
  // A setting is its region's: of several edges each is told.
  const edge = clients.edge(edgeOf(clients, target).region);
  const asked = need(edge, 'settings');
  const settings = world.settings.of(edge.region);
  const layer = `fault ${fault}` as const;
  const names = Object.keys(change) as Setting[];
  /** What the edge itself says. */
  const has = async (expected: EdgeConfigChange) => {
    const now = await asked.read().catch(() => undefined);
    return now !== undefined && names.every((name) => now[name] === expected[name]);
  };
  await settings.plan(layer);
  return {
    act: () => settings.set(layer, change),
    isInEffect: () => has(change),
    heal: () => settings.remove(layer),
    // An edge that does not run will start without it.
    isGone: async () => (await has(settings.desired)) || !(await isRunning(world.control, nodeName('edge', edge.region))),
  };
}
