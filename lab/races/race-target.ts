/** The races of one target: what is started for them, and what comes of it. */
import { Asker } from '../../services/runtime/asker.ts';
import type { Clock } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { withReleasers } from '../../services/runtime/releasers.ts';
import { openHttpClients } from '../system/http-clients.ts';
import type { Target } from '../targets/target.ts';
import { OWN_TARGET } from '../targets/targets.ts';
import { startOwnEdge } from '../worlds/peers/own-edge.ts';
import { startPeerOrigin } from '../worlds/peers/peer-origin.ts';
import { type PeerUpstream, startPeerUpstream } from '../worlds/peers/peer-upstream.ts';
import { type OpenProgramOptions, openProgram } from '../worlds/peers/target-program.ts';
import { ownCache } from './own-cache.ts';
import type { Race, RaceResult } from './race.ts';
import type { RacedCache, Way } from './raced-cache.ts';
import { type Raced, runRaces } from './run-races.ts';
import type { StepByStep } from './step-by-step.ts';
import { targetCache } from './target-cache.ts';

export interface RaceTargetOptions {
  readonly target: Target | typeof OWN_TARGET;
  readonly races: readonly Race[];
  /** Of the purges that the target declares, those that are raced. */
  readonly takes: (way: Way) => boolean;
  readonly repeat?: number;
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

const OWN_LIFETIMES = { lifetime: 3_600_000, missing: 5_000 } as const;

/** Throws WorldFailed where the cache does not start; rejects with the reason of the signal. Whatever it started is gone when it ends. */
export async function raceTarget({ target, takes, ...options }: RaceTargetOptions): Promise<Raced> {
  const { clock, random } = options;
  let close = async () => {};
  try {
    return await withReleasers(async (releasers) => {
      close = () => releasers.release();
      const peerOrigin = await startPeerOrigin({ clock, random });
      releasers.push(() => peerOrigin.close());
      const origin = openHttpClients({ originUrl: peerOrigin.url, edges: [] });
      releasers.push(() => origin.close());
      const { lifetime, missing } = target === OWN_TARGET ? OWN_LIFETIMES : target;
      const upstream = await startPeerUpstream({ originUrl: peerOrigin.url, lifetimeMs: lifetime, missingMs: missing, clock, random });
      releasers.push(() => upstream.close());
      const asker = new Asker(clock);
      releasers.push(() => asker.close());
      const cache =
        target === OWN_TARGET
          ? await openOwn({ log: peerOrigin.log, upstream, origin, asker, clock, random })
          : await openTarget(target, { ...options, upstreamPort: upstream.port, asker });
      releasers.push(() => cache.close());
      options.onStarted?.();
      let slugs = 0;
      const nextSlug = () => {
        slugs += 1;
        return slugs;
      };
      const pace = { purgeMs: 0 };
      return await runRaces({ ...options, cache, upstream, origin, nextSlug, pace, ways: cache.ways.filter(takes) });
    });
  } finally {
    await close();
  }
}

interface OpenOwn extends Pick<Parameters<typeof ownCache>[0], 'origin' | 'asker' | 'clock'> {
  readonly log: Parameters<typeof startOwnEdge>[0]['log'];
  readonly upstream: PeerUpstream;
  readonly random: Random;
}

async function openOwn({ log, upstream, origin, asker, clock, random }: OpenOwn): Promise<RacedCache> {
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const lifetimeMs = OWN_LIFETIMES.lifetime;
  const edge = await startOwnEdge({ upstreamUrl, log, strategy: 'eager', lifetimeMs, clock, random });
  return ownCache({ url: edge.url, origin, asker, clock, close: () => edge.close() });
}

type OpenTarget = OpenProgramOptions & { readonly asker: Asker };

async function openTarget(target: Target, options: OpenTarget): Promise<RacedCache> {
  const program = await openProgram(target, options);
  const { port } = new URL(program.url);
  let edge: Promise<RacedCache> | undefined;
  const openEdge = () => {
    edge ??= openTarget(target, { ...options, upstreamPort: Number(port) });
    return edge;
  };
  const close = async () => {
    const opened = await edge?.catch(() => undefined);
    await Promise.all([opened?.close(), program.stop()]);
  };
  return { ...targetCache({ target, url: program.url, asker: options.asker, ended: () => program.ended, close }), openEdge };
}
