/** A fault that changes a setting of an edge and puts the old value back: what propagation-delay and strategy have in common. */
import type { EdgeConfigChange } from '../../services/protocol/edge-api.ts';
import type { FaultContext, InjectedFault } from './fault.ts';
import { adminOf } from './region-target.ts';
import type { ConcreteTarget } from './target.ts';

/** One setting of the two. */
type Setting = keyof EdgeConfigChange;

export async function configure(
  { world, clients }: FaultContext,
  target: ConcreteTarget,
  change: EdgeConfigChange,
): Promise<InjectedFault> {
  const admin = adminOf(world, target);
  const before = await clients.edgeConfig(admin);
  const settings = Object.keys(change) as Setting[];
  const has = async (expected: EdgeConfigChange) => {
    const now = await clients.edgeConfig(admin).catch(() => undefined);
    return now !== undefined && settings.every((setting) => now[setting] === expected[setting]);
  };
  const old: EdgeConfigChange = Object.fromEntries(settings.map((setting) => [setting, before[setting]]));
  await clients.configureEdge(admin, change);
  return { isInEffect: () => has(change), heal: () => clients.configureEdge(admin, old), isGone: () => has(old) };
}
