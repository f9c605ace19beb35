/**
 * What must hold of a cluster in which caches of others stand, beyond what holds of any: they are as asked for, and ask
 * our upstream.
 */
import { RUN_HEADER } from '../../../services/protocol/upstream-api.ts';
import { Asker, NoAnswer } from '../../../services/runtime/asker.ts';
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import { missingProtection } from '../../topology/protection.ts';
import { targetEnvironments } from '../../topology/target-services.ts';
import type { Topology } from '../../topology/topology.ts';
import { nothingOf, unstamped } from '../peers/target-program.ts';
import type { WorldRegion } from '../world.ts';
import { madeOf } from './container-spec.ts';
import type { ContainerFacts } from './engine-facts.ts';

/** Those may change while a purger runs. */
const OF_SETTINGS = ['PROPAGATION_DELAY', 'INVALIDATION_STRATEGY'];
const ANSWER_MS_MAX = 1_000;
const SERVES_MS_MAX = 60_000;
const POLL_MS = 200;
const SERVING = [200, 404];

/** Throws WorldFailed where what runs around a cache was made for another one, or for another delivery. */
export function refuseOtherwiseMade({ project, compose, regions }: Topology, containers: ReadonlyMap<string, ContainerFacts>): void {
  const remedy = `Remove the cluster: edgesync-lab down --project ${project}`;
  for (const { region, service: edge, target, environment } of regions) {
    if (target === undefined) {
      refuseUnprotected(
        { project, edge, missing: missingProtection(environment, containers.get(edge)?.environment ?? new Map()) },
        containers,
      );
      continue;
    }
    const hash = containers.get(edge)?.madeOf;
    if (hash !== undefined && hash !== madeOf(compose, edge))
      throw new WorldFailed(
        `${edge} of the project ${project} was made of another image, command or file than ${compose.file} says now. ${remedy}`,
      );
    for (const [service, wanted] of Object.entries(targetEnvironments(region, target, environment))) {
      const made = containers.get(service)?.environment;
      const other = Object.entries(wanted).find(
        ([key, value]) => made !== undefined && !OF_SETTINGS.includes(key) && made.get(key) !== value,
      );
      if (other === undefined) continue;
      const [key, value] = other;
      throw new WorldFailed(
        `${service} of the project ${project} was made with ${key}=${made?.get(key) ?? ''}, expected ${value}. ${remedy}`,
      );
    }
  }
}

interface Unprotected {
  readonly project: string;
  /** Its service. */
  readonly edge: string;
  readonly missing: readonly string[];
}

/** An edge of ours has the protections that it was started with. */
function refuseUnprotected({ project, edge, missing }: Unprotected, containers: ReadonlyMap<string, unknown>): void {
  if (missing.length === 0 || !containers.has(edge)) return;
  const remedy = `Start it so: ${missing.join(' ')} edgesync-lab up --project ${project}, or remove it: edgesync-lab down --project ${project}`;
  throw new WorldFailed(`${edge} of the project ${project} was made without ${missing.join(' and ')}. ${remedy}`);
}

/**
 * A container that runs need not serve yet. Throws WorldFailed where a cache does not, or answers what is not of our
 * upstream.
 */
export async function untilTargetsServe(regions: readonly WorldRegion[], options: UntilTargetsServeOptions): Promise<void> {
  const asker = new Asker(options.clock);
  try {
    await Promise.all(regions.map((region) => untilServes(region, { ...options, asker })));
  } finally {
    asker.close();
  }
}

export interface UntilTargetsServeOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Rejects with its last words where the container of a region has ended. */
  readonly refuseEnded: (region: string) => Promise<void>;
}

interface Serving extends UntilTargetsServeOptions {
  readonly asker: Asker;
}

async function untilServes({ region, url, target }: WorldRegion, { asker, clock, signal, refuseEnded }: Serving): Promise<void> {
  if (target === undefined) return;
  const deadline = clock.monotonicMs() + SERVES_MS_MAX;
  for (;;) {
    signal?.throwIfAborted();
    const answered = await asker.ask({ url: `${url}${nothingOf(target)}`, deadlineMs: ANSWER_MS_MAX }).catch((error: unknown) => {
      if (error instanceof NoAnswer) return error;
      throw error;
    });
    if (!(answered instanceof NoAnswer) && SERVING.includes(answered.status)) {
      if (answered.headers[RUN_HEADER] === undefined) throw new WorldFailed(`edge-${region}: ${unstamped(target.name, answered.status)}`);
      return;
    }
    await refuseEnded(region);
    const last = answered instanceof NoAnswer ? answered.message : `it answers ${answered.status}`;
    if (clock.monotonicMs() > deadline) throw new WorldFailed(`edge-${region} does not serve: ${target.name}: ${last}`);
    await sleep(clock, POLL_MS, signal);
  }
}
