/**
 * Two experiments that need more than a fault: the stale-set race, twice in virtual time, and a stampede on one
 * content.
 */
import { contentKey } from '../../services/protocol/content.ts';
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import { InvalidInput, WorldFailed } from '../errors.ts';
import type { Clients } from '../system/clients.ts';
import { need } from '../system/edges/edge.ts';
import type { World } from '../worlds/world.ts';
import { type Catalogue, readFrom } from './catalogue.ts';
import type { Race, RaceRun, Stampede } from './protocol.ts';

const RACE = 'stale-set-race';
const RACE_MUTANT = 'unfenced-fill';
const RACE_SEED = 1;

/** The same scenario and seed with the known bug and without it. Its code is loaded when it is asked for. */
export async function race(catalogue: Catalogue, clock: Clock): Promise<Race> {
  const [{ runSeed }, { regionsNamed }] = await Promise.all([import('../sim/seed-run.ts'), import('../sim/regions.ts')]);
  const begunAt = clock.monotonicMs();
  const scenario = await readFrom(catalogue, RACE);
  const topology = regionsNamed(await catalogue.topology(), Object.keys(scenario.system.regions));
  const runOf = async (mutant: string | undefined): Promise<RaceRun> => {
    const { summary, anomalies } = await runSeed({ scenario, seed: RACE_SEED, topology, mutant });
    const failed = summary.checks
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ check, anomalies: found }) => ({ check, anomalies: found }));
    return { verdict: summary.verdict, failed, explain: anomalies[0]?.explain, reads: summary.operations.reads };
  };
  const broken = await runOf(RACE_MUTANT);
  const real = await runOf(undefined);
  return { seed: RACE_SEED, mutant: RACE_MUTANT, broken, real, tookMs: Math.round(clock.monotonicMs() - begunAt) };
}

export interface StampedeOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly clock: Clock;
  readonly region: string;
  readonly readers: number;
  /** Of a row of the lab's own. */
  readonly id: number;
  readonly signal: AbortSignal;
}

const ASK_AGAIN_MS = 20;
const INVALID_MS_MAX = 10_000;

/** Nobody else may read there meanwhile: whoever calls holds the load. */
export async function stampede({ world, clients, clock, region, readers, id, signal }: StampedeOptions): Promise<Stampede> {
  if (world.regions.every((known) => known.region !== region)) throw new InvalidInput(`expected a region, got ${region}`);
  const edge = clients.edge(region);
  const metrics = need(edge, 'metrics');
  const key = contentKey(id);
  await edge.read(id);
  await clients.purge({ type: 'key', target: key, mode: 'hard' });
  for (const deadline = clock.monotonicMs() + INVALID_MS_MAX; await isServed(metrics, key); ) {
    if (clock.monotonicMs() > deadline) throw new WorldFailed(`${region} still serves ${key} ${INVALID_MS_MAX} ms after its purge`);
    await sleep(clock, ASK_AGAIN_MS, signal);
    signal.throwIfAborted();
  }
  const before = await metrics();
  const begunAt = clock.monotonicMs();
  const reads = await Promise.allSettled(Array.from({ length: readers }, () => edge.read(id)));
  const slowestMs = Math.round(clock.monotonicMs() - begunAt);
  const after = await metrics();
  return {
    region,
    key,
    readers,
    answered: reads.filter(({ status }) => status === 'fulfilled').length,
    joined: after.coalesced - before.coalesced,
    fetches: after.originFetches - before.originFetches,
    slowestMs,
  };
}

/** Asked of its table, for a read would fetch it. */
async function isServed(metrics: () => Promise<EdgeMetrics>, key: string): Promise<boolean> {
  const { versions } = await metrics();
  return versions.some((row) => row.key === key && (row.state === 'fresh' || row.state === 'stale'));
}
