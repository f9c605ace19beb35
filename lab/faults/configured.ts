/** A fault that changes a setting of an edge and puts the old value back: what propagation-delay and strategy have in common. */
import type { EdgeConfigChange } from '../../services/protocol/edge-api.ts';
import type { FaultContext, FaultSpec, PreparedFault } from './fault.ts';
import { adminOf } from './region-target.ts';

/** One setting of the two. */
type Setting = keyof EdgeConfigChange;

export async function configure(
  { world, clients }: FaultContext,
  { target, fault }: FaultSpec,
  change: EdgeConfigChange,
): Promise<PreparedFault> {
  const admin = adminOf(world, target);
  const before = await clients.edgeConfig(admin);
  const settings = Object.keys(change) as Setting[];
  const has = async (expected: EdgeConfigChange) => {
    const now = await clients.edgeConfig(admin).catch(() => undefined);
    return now !== undefined && settings.every((setting) => now[setting] === expected[setting]);
  };
  const old: EdgeConfigChange = Object.fromEntries(settings.map((setting) => [setting, before[setting]]));
  const entry = `${fault}-${target.text}`;
  const undo = { do: 'configure', region: admin.region, change: old } as const;
  await world.journal.write({ id: entry, says: `${target.text} is under ${fault}`, undo });
  const heal = async () => {
    await clients.configureEdge(admin, old);
    await world.journal.strike(entry);
  };
  return { act: () => clients.configureEdge(admin, change), isInEffect: () => has(change), heal, isGone: () => has(old) };
}
