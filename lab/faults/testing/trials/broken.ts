/** What is broken in a world, in words: looked up in the world itself, past whoever broke it. */
import type { Clients } from '../../../system/clients.ts';
import { need } from '../../../system/edges/edge.ts';
import type { Link, NodeName } from '../../../system/parts.ts';
import type { World } from '../../../worlds/world.ts';

type Looked = Pick<World, 'control' | 'regions'>;

export async function brokenIn({ control, regions }: Looked): Promise<readonly string[]> {
  const edges = regions.map(({ region }): NodeName => `edge:${region}`);
  const nodes: readonly NodeName[] = ['origin', 'kafka', 'postgres', ...edges, ...regions.map(({ region }): NodeName => `redis:${region}`)];
  const links: readonly Link[] = [
    { caller: 'origin', callee: 'kafka' },
    { caller: 'origin', callee: 'postgres' },
    ...edges.flatMap((caller) => (['kafka', 'origin'] as const).map((callee) => ({ caller, callee }))),
  ];
  const states = await Promise.all(nodes.map(async (node) => [node, (await control.inspect(node)).state] as const));
  const records = await Promise.all(links.map(async (link) => [link, await control.record('', link)] as const));
  const isUp = (node: NodeName) => states.some(([name, state]) => name === node && state === 'running');
  return [
    ...states.flatMap(([node, state]) => (state === 'running' ? [] : [`${node} is ${state}`])),
    // A callee that does not run is told already.
    ...records.flatMap(([{ caller, callee }, { isHidden }]) => (isHidden && isUp(callee) ? [`${caller}-${callee} is impaired`] : [])),
  ];
}

/** Settings that are not those the world began with. */
export async function changedIn({ regions }: Pick<World, 'regions'>, clients: Clients): Promise<readonly string[]> {
  const looked = regions.map(async ({ region, delayMs, strategy }) => {
    const now = await need(clients.edge(region), 'settings')
      .read()
      .catch(() => undefined);
    if (now === undefined) return [`edge:${region} does not say its settings`];
    const isSame = now.propagationDelayMs === delayMs && now.strategy === strategy;
    return isSame ? [] : [`edge:${region} is ${now.propagationDelayMs} ms ${now.strategy}, was ${delayMs} ms ${strategy}`];
  });
  return (await Promise.all(looked)).flat();
}
