/** Which cache stands in which region: words of a command line such as `varnish` and `us-east=squid`, in a topology. */
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/nearest.ts';
import { type Topology, withRegionTarget } from '../topology/topology.ts';
import { findHere } from '../worlds/peers/here.ts';
import { withOwnConfig } from './own-config.ts';
import { type AnyTarget, isOwn, OWN_TARGET } from './own-targets.ts';
import { asStarted, type LiveTarget, type StartedTarget } from './target.ts';
import { findTarget } from './targets.ts';

export interface AssignOptions {
  /** A target for all regions, or `region=target`. Later ones win. */
  readonly words: readonly string[];
  /** Of the targets that come with the program. */
  readonly folder: string;
  /** Whose PATH the programs are looked for in. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Whether a cache that the lab does not start may be one of them. Left out: it may not. */
  readonly takesLive?: boolean | undefined;
  /** A configuration of the user's own, for each of them that is not ours. */
  readonly config?: string | undefined;
}

/** Throws InvalidInput for a region or a target that there is not. */
export async function withTargets(
  topology: Topology,
  { words, folder, variables, takesLive = false, config }: AssignOptions,
): Promise<Topology> {
  const known = topology.regions.map(({ region }) => region);
  if (words.length === 0) throw new InvalidInput('--target: expected a target, such as varnish or eu-west=squid, got nothing');
  let assigned = topology;
  for (const word of words) {
    // A path may have the sign, too.
    const at = /^[^/=]*=/.test(word) ? word.indexOf('=') : -1;
    const region = at < 0 ? undefined : word.slice(0, at);
    if (region !== undefined && !known.includes(region))
      throw new InvalidInput(
        `--target: expected a region (${known.join(', ')}), got ${JSON.stringify(region)}${didYouMean(region, known)}`,
      );
    const found = await findTarget(word.slice(at + 1), folder);
    const isLive = takesLive && !isOwn(found) && found.live !== undefined;
    const target = isLive ? asConfigured(found, config) : await started(found, { variables, config });
    const regions = assigned.regions.map((one) => (region === undefined || one.region === region ? withRegionTarget(one, target) : one));
    assigned = { ...assigned, regions };
  }
  if (config !== undefined && assigned.regions.every(({ target }) => target === undefined))
    throw new InvalidInput('--config: expected --target too, with the cache that the configuration is for');
  return assigned;
}

/** Throws InvalidInput for a configuration: a live one has its own. */
function asConfigured(target: LiveTarget, config: string | undefined): LiveTarget {
  if (config === undefined) return target;
  throw new InvalidInput(`--config: ${target.name} is a live target and has its own configuration`);
}

async function started(
  found: AnyTarget,
  { variables, config }: Pick<AssignOptions, 'variables' | 'config'>,
): Promise<StartedTarget | undefined> {
  const preset = othersOf(found);
  const target = preset === undefined || config === undefined ? preset : await withOwnConfig(preset, config);
  if (target !== undefined) await refuseMissing(target, variables);
  return target;
}

/** undefined: ours, as the topology says it. Throws InvalidInput. */
function othersOf(found: AnyTarget): StartedTarget | undefined {
  if (!isOwn(found)) return asStarted(found);
  if (found === OWN_TARGET) return undefined;
  throw new InvalidInput(
    `--target ${found.name}: expected ${OWN_TARGET.name}; only races accepts this target. Elsewhere system.regions of a scenario makes an edge lazy, and in Docker the cache of an edge is a Redis`,
  );
}

async function refuseMissing(target: StartedTarget, variables: AssignOptions['variables']): Promise<void> {
  const here = await findHere(target, variables);
  if (here.isHere) return;
  const { get } = target.start;
  throw new InvalidInput(`--target ${target.name}: ${here.missing}${get === undefined ? '' : `; to get it: ${get}`}`);
}
