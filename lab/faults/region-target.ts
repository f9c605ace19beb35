/** The edge of a target's region, with its admin routes. */
import type { EdgeAdmin } from '../system/clients.ts';
import type { ConcreteTarget } from '../system/target.ts';
import type { World } from '../worlds/world.ts';

/** A region that is not there is a bug: targets are resolved against the world's regions. */
export function adminOf(world: World, target: ConcreteTarget): EdgeAdmin & { readonly region: string } {
  const found = world.regions.find(({ region }) => region === target.region);
  if (found === undefined) throw new TypeError(`expected a region of the world, got ${target.text}`);
  return { region: found.region, url: found.url, token: world.adminToken };
}
