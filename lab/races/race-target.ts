/** The races of one target: what is started for them, and what comes of it. */
import { filled } from '../../services/protocol/purge-ways.ts';
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
import { Program } from '../worlds/peers/program.ts';
import { ownCache } from './own-cache.ts';
import type { Race, RaceResult } from './race.ts';
import type { RacedCache, Way } from './raced-cache.ts';
import { type Raced, runRaces } from './run-races.ts';
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
}

const OWN_LIFETIMES = { lifetime: 3_600_000, missing: 5_000 } as const;
const UP_MS_MAX = 1_000;
/** Above every id of a run. */
const NOBODYS_ID = '2000000000';
const UP_STATUSES = [200, 404];

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
          : await openProgram(target, { ...options, upstream, asker });
      releasers.push(() => cache.close());
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

interface OpenProgram extends Pick<RaceTargetOptions, 'variables' | 'clock' | 'random' | 'signal'> {
  readonly upstream: PeerUpstream;
  readonly asker: Asker;
}

async function openProgram(target: Target, { upstream, asker, variables, clock, random, signal }: OpenProgram): Promise<RacedCache> {
  const { name, start, read } = target;
  const nothing = filled(read.path, { id: NOBODYS_ID });
  const program = await Program.start({
    name,
    spec: ({ port, dir }) => {
      const host = '127.0.0.1';
      const upstreamPort = String(upstream.port);
      const places = { port: String(port), dir, upstream: `${host}:${upstreamPort}`, 'upstream-host': host, 'upstream-port': upstreamPort };
      const fill = (text: string) => filled(text, places);
      const fillAll = (texts: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fill(text)]));
      return {
        command: start.command.map(fill),
        files: fillAll(start.files),
        folders: start.folders,
        environment: fillAll(start.environment),
        owner: start.owner,
      };
    },
    isUp: async (url) => {
      const answered = await asker.ask({ url: `${url}${nothing}`, deadlineMs: UP_MS_MAX }).catch(() => undefined);
      return answered !== undefined && UP_STATUSES.includes(answered.status);
    },
    variables,
    clock,
    random,
    signal,
  });
  return targetCache({ target, url: program.url, asker, ended: () => program.ended, close: () => program.stop() });
}
