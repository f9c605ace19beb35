/** The races of one target: what is started for them, and what comes of it. */
import { Asker } from '../../services/runtime/asker.ts';
import type { Clock } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { withReleasers } from '../../services/runtime/releasers.ts';
import { WorldFailed } from '../errors.ts';
import type { Rails } from '../rails/rails.ts';
import type { Clients } from '../system/clients.ts';
import { openHttpClients } from '../system/http-clients.ts';
import { type AnyTarget, isOwn, type OwnTarget } from '../targets/own-targets.ts';
import type { LiveTarget, StartedTarget } from '../targets/target.ts';
import { type OwnEdgeOptions, startOwnEdge } from '../worlds/peers/own-edge.ts';
import { type PeerOrigin, startPeerOrigin } from '../worlds/peers/peer-origin.ts';
import { type PeerUpstream, type PeerUpstreamOptions, startPeerUpstream } from '../worlds/peers/peer-upstream.ts';
import { type OpenProgramOptions, openProgram } from '../worlds/peers/target-program.ts';
import { openTeller } from '../worlds/peers/teller.ts';
import { backendOf, liveCache, placeOf, railedOrigin } from './live-cache.ts';
import { ownCache } from './own-cache.ts';
import type { Race, RaceResult } from './race.ts';
import type { RacedCache, Way } from './raced-cache.ts';
import { type Raced, type RunRacesOptions, runRaces } from './run-races.ts';
import type { StepByStep } from './step-by-step.ts';
import { PURGE_MS_MAX, targetCache } from './target-cache.ts';

export interface RaceTargetOptions {
  readonly target: AnyTarget;
  readonly races: readonly Race[];
  /** Of the purges that the target declares, those that are raced. */
  readonly takes: (way: Way) => boolean;
  readonly repeat?: number;
  /** Of a live target. */
  readonly rails?: Rails;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly onResult: (result: RaceResult) => void;
  /** It serves, and its self-check begins. */
  readonly onStarted?: () => void;
  /** The self-check has passed. */
  readonly onChecked?: () => void;
  /** Plays each race for somebody who looks on. */
  readonly stepByStep?: StepByStep;
}

/** Of the one cache that is raced, for whoever is told of its writes. */
const RACED_REGION = 'here';
/** A live cache may hold what runs before have made. */
const LIVE_IDS_MAX = 1_000_000_000;
const PREFIX_BASE = 36;
const PREFIXES = PREFIX_BASE ** 5;
/** Of our own edge, whatever its world. */
export const OWN_LIFETIMES = { lifetime: 3_600_000, missing: 5_000 } as const;

/**
 * Throws WorldFailed where the cache does not start; rejects with the reason of the signal. Whatever it started is gone
 * when it ends.
 */
export async function raceTarget({ target, takes, rails, ...options }: RaceTargetOptions): Promise<Raced> {
  const { clock, random } = options;
  let close = async () => {};
  try {
    return await withReleasers(async (releasers) => {
      close = () => releasers.release();
      const isLive = !isOwn(target) && target.live !== undefined;
      const peerOrigin = await startPeerOrigin({ clock, random, ...(isLive ? { idsMax: LIVE_IDS_MAX } : {}) });
      releasers.push(() => peerOrigin.close());
      const origin = openHttpClients({ originUrl: peerOrigin.url, edges: [] });
      releasers.push(() => origin.close());
      const upstream = await openUpstream(target, { originUrl: peerOrigin.url, clock, random });
      releasers.push(() => upstream.close());
      const asker = new Asker(clock);
      releasers.push(() => asker.close());
      const opened = await openCache(target, { ...options, takes, rails, peerOrigin, upstream, origin, asker });
      releasers.push(() => opened.cache.close());
      options.onStarted?.();
      const pace = { purgeMs: 0 };
      return await runRaces({ ...options, origin, ...opened, upstream, nextSlug: slugs(), pace, ways: opened.cache.ways.filter(takes) });
    });
  } finally {
    await close();
  }
}

/** A number that none before was, each time. */
export function slugs(): () => number {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}

/** No contents of another run have names that begin so. */
export function prefixOf(random: Random): string {
  return `race-${random.below(PREFIXES).toString(PREFIX_BASE)}`;
}

/** Throws WorldFailed where it cannot listen at the place that a live target asks for. */
async function openUpstream(
  target: RaceTargetOptions['target'],
  shared: Pick<PeerUpstreamOptions, 'originUrl' | 'clock' | 'random'>,
): Promise<PeerUpstream> {
  const { lifetime: lifetimeMs, missing: missingMs } = isOwn(target) ? OWN_LIFETIMES : target;
  const times = { ...shared, lifetimeMs, missingMs };
  if (isOwn(target) || target.live === undefined) return startPeerUpstream(times);
  const { name } = target;
  try {
    return await startPeerUpstream({ ...times, at: placeOf(target) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    const at = backendOf(target);
    throw new WorldFailed(
      `${name}: the lab's upstream cannot listen at ${at}${code}; free that port, or give live.upstream and the cache another one`,
      {
        cause: error,
      },
    );
  }
}

interface OpenCache extends Pick<RaceTargetOptions, 'takes' | 'variables' | 'clock' | 'random' | 'signal'> {
  readonly rails: Rails | undefined;
  readonly peerOrigin: PeerOrigin;
  readonly upstream: PeerUpstream;
  readonly origin: Clients;
  readonly asker: Asker;
}

/** The cache, and of a live one what it is asked for. */
async function openCache(
  target: RaceTargetOptions['target'],
  { rails, takes, peerOrigin, ...options }: OpenCache,
): Promise<Pick<RunRacesOptions, 'cache'> & Partial<Pick<RunRacesOptions, 'origin' | 'prefix'>>> {
  const { upstream, origin } = options;
  if (isOwn(target)) return { cache: await openOwn(target, { ...options, log: peerOrigin.log, originUrl: peerOrigin.url }) };
  if (target.live === undefined) return { cache: await openStarted(target, { ...options, upstreamPort: upstream.port }) };
  return openLive(target, { rails, takes, upstream, origin, random: options.random });
}

/** No request of another run has its names. */
function openLive(
  target: LiveTarget,
  { rails, takes, upstream, origin, random }: Pick<OpenCache, 'rails' | 'takes' | 'upstream' | 'origin' | 'random'>,
) {
  if (rails === undefined) throw new Error(`${target.name} is a live target: expected rails, got none`);
  const prefix = prefixOf(random);
  const asker = rails.askerOf(target, prefix);
  return { cache: liveCache({ target, rails, asker, upstream, takes }), origin: railedOrigin(origin, asker), prefix };
}

interface OpenOwn extends Omit<OwnEdgeOptions, 'target' | 'upstreamUrl' | 'lifetimeMs'> {
  readonly upstream: PeerUpstream;
  readonly origin: Clients;
  readonly originUrl: string;
}

async function openOwn(target: OwnTarget, { upstream, origin, originUrl, ...options }: OpenOwn): Promise<RacedCache> {
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const edge = await startOwnEdge({ ...options, target, upstreamUrl, lifetimeMs: OWN_LIFETIMES.lifetime });
  const clients = openHttpClients({ originUrl, edges: [{ region: RACED_REGION, url: edge.url }] });
  const close = async () => {
    await clients.close();
    await edge.close();
  };
  return ownCache({ edge: clients.edge(RACED_REGION), origin, clock: options.clock, ended: () => edge.ended(), close });
}

type OpenStarted = OpenProgramOptions & { readonly asker: Asker };

async function openStarted(target: StartedTarget, options: OpenStarted): Promise<RacedCache> {
  const program = await openProgram(target, options);
  const { url } = program;
  const { port } = new URL(url);
  const teller = target.tell && openTeller(target.tell, { ...options, region: RACED_REGION, cacheUrl: url, deadlineMs: PURGE_MS_MAX });
  let edge: Promise<RacedCache> | undefined;
  const openEdge = () => {
    edge ??= openStarted(target, { ...options, upstreamPort: Number(port) });
    return edge;
  };
  const close = async () => {
    const opened = await edge?.catch(() => undefined);
    await Promise.all([opened?.close(), teller?.close(), program.stop()]);
  };
  const { asker } = options;
  return { ...targetCache({ target, url, asker, teller, backend: '<upstream>', ended: () => program.ended, close }), openEdge };
}
