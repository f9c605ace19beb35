/**
 * The races of our own edge in a world: the same code as everywhere, where its time, its store and its log are those of
 * that world.
 */

import { sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { createReleasers } from '../../services/runtime/releasers.ts';
import { WorldFailed } from '../errors.ts';
import type { Clients } from '../system/clients.ts';
import { isSettled } from '../system/settled.ts';
import { CallFailed } from '../system/transport.ts';
import type { OwnTarget } from '../targets/own-targets.ts';
import { withRacedRegion } from '../topology/raced-region.ts';
import type { Topology } from '../topology/topology.ts';
import type { Stage } from '../worlds/stage.ts';
import { prepareWorld } from '../worlds/starts.ts';
import type { StartStep, World } from '../worlds/world.ts';
import type { Backend, EMBEDDED } from '../worlds/worlds.ts';
import { ownCache } from './own-cache.ts';
import { OWN_LIFETIMES, prefixOf, type RaceTargetOptions, slugs } from './race-target.ts';
import { type Raced, runRaces } from './run-races.ts';

/** Those whose world takes an upstream between edge and origin. */
export type RacingBackend = Exclude<Backend, typeof EMBEDDED>;

export interface RaceOwnOptions extends Omit<RaceTargetOptions, 'target' | 'rails' | 'clock' | 'random' | 'stepByStep'> {
  readonly target: OwnTarget;
  readonly backend: RacingBackend;
  readonly topology: Topology;
  /** Of all chance in virtual time, and of names. */
  readonly seed: number;
  /** A known bug to run with, by its name, where the world takes any. */
  readonly mutant?: string | undefined;
  readonly onStep: (step: StartStep) => void;
}

/** As a new consumer may wait for Kafka. */
const SETTLED_MS_MAX = 60_000;
const LOOK_MS = 50;

/**
 * Throws WorldFailed where the world does not start, or does not answer any more; rejects with the reason of the
 * signal.
 */
export async function raceOwn({ target, backend, topology, mutant, variables, onStep, ...options }: RaceOwnOptions): Promise<Raced> {
  const raced = withRacedRegion(topology, { strategy: target.strategy, lifetimeMs: OWN_LIFETIMES.lifetime });
  const run = { seed: options.seed, workload: { writes: 1 }, system: {} };
  const { drive, clock, startWorld } = await prepareWorld(backend, {
    topology: raced,
    variables,
    mutant,
    run,
    holdsAnswers: true,
    onLogLine: () => {},
  });
  const racing = raceIn(options, { clock, openWorld: () => startWorld(onStep, options.signal) });
  return drive(racing).catch((error: unknown) => {
    throw error instanceof CallFailed ? new WorldFailed(error.message, { cause: error }) : error;
  });
}

/** An edge serves before it has joined the log, and until then it asks the origin for everything. */
async function untilSettled(
  clients: Clients,
  { regions, clock, signal }: Pick<World, 'regions'> & Pick<Stage, 'clock'> & Pick<RaceOwnOptions, 'signal'>,
): Promise<void> {
  const deadline = clock.monotonicMs() + SETTLED_MS_MAX;
  while (!(await isSettled(clients, regions))) {
    signal.throwIfAborted();
    if (clock.monotonicMs() > deadline) throw new WorldFailed(`the lab's edge did not join the log within ${SETTLED_MS_MAX} ms`);
    await sleep(clock, LOOK_MS, signal);
  }
}

type InWorld = Pick<Stage, 'clock'> & { readonly openWorld: () => Promise<World> };

/** The world is gone when it settles. */
async function raceIn(
  { takes, seed, ...options }: Omit<RaceOwnOptions, 'target' | 'backend' | 'topology' | 'mutant' | 'variables' | 'onStep'>,
  { clock, openWorld }: InWorld,
): Promise<Raced> {
  const releasers = createReleasers();
  try {
    const world = await openWorld();
    releasers.push(() => world.close());
    let lost: string | undefined;
    void world.lost.then((why) => {
      lost = why;
    });
    const clients = world.openClients();
    releasers.push(() => clients.close());
    const [region] = world.regions;
    const upstream = region && (await world.upstreamOf?.(region.region));
    if (region === undefined || upstream === undefined) throw new TypeError('expected a region with an upstream, got none');
    await untilSettled(clients, { regions: world.regions, clock, signal: options.signal });
    const edge = clients.edge(region.region);
    const cache = ownCache({ edge, origin: clients, clock, ended: () => lost, close: async () => {} });
    options.onStarted?.();
    const names = { prefix: prefixOf(createRandom(seed)), nextSlug: slugs() };
    return await runRaces({
      ...options,
      ...names,
      cache,
      origin: clients,
      upstream,
      clock,
      pace: { purgeMs: 0 },
      ways: cache.ways.filter(takes),
    });
  } finally {
    await releasers.release();
  }
}
