/**
 * A region whose cache the lab does not start: what is around it. Our upstream at the side of the origin, where the
 * target has none of its own, and the purger at the side of the log, whose purges go through the rails.
 */
import type { EdgeConfig } from '../../../services/edge/config.ts';
import { EdgeMeter } from '../../../services/edge/metrics.ts';
import { EdgeSettings } from '../../../services/edge/settings.ts';
import type { PurgeRequest, PurgeWay } from '../../../services/protocol/purge-ways.ts';
import { NoAnswer } from '../../../services/runtime/asker.ts';
import { WorldFailed } from '../../errors.ts';
import { PURGES_PER_SECOND_MAX, type RailedAsker } from '../../rails/rails.ts';
import { RailsStopped } from '../../rails/stopped.ts';
import { nodeName } from '../../system/parts.ts';
import type { StandingLive } from '../../topology/topology.ts';
import type { Shared } from '../hosted/launch.ts';
import { launchPurger, PURGE_DEADLINE_MS } from '../hosted/launch-purger.ts';
import type { LaunchedTarget } from '../hosted/launch-target.ts';
import { launchUpstream } from '../hosted/launch-upstream.ts';
import { withTagPrefix } from './live-names.ts';
import { LiveNode } from './live-node.ts';
import { Pace } from './pace.ts';

export interface LaunchLiveOptions {
  readonly target: StandingLive;
  /** Of its purges those that are sent. */
  readonly ways: readonly PurgeWay[];
  readonly asker: Pick<RailedAsker, 'ask'>;
  /** What the tags of this run begin with. */
  readonly prefix: string;
  readonly signal: AbortSignal;
  /** Hears of a purge that the rails have no word for: a bug, or somebody who tries to get past them. */
  readonly onLost: (why: string) => void;
}

export interface LaunchedLive extends LaunchedTarget {
  /** What the stamps of our upstream say; undefined: it has an origin of its own. */
  readonly run: string | undefined;
}

const MS_PER_S = 1000;
/** Its turn at the rails comes a moment after that of its own pace. */
const TURN_MS = 2_000;

export async function launchLive(configured: EdgeConfig, shared: Shared, options: LaunchLiveOptions): Promise<LaunchedLive> {
  const { target, ways, asker, prefix, signal, onLost } = options;
  const { control, hosting } = shared;
  const { clock } = hosting;
  const region = configured.REGION_NAME;
  const logger = hosting.createLogger(`purger-${region}`, configured.LOG_LEVEL);
  const around = { configured, target, shared, meter: new EdgeMeter(clock), logger };
  const { name, live } = target;
  const at = live.upstream && { ...live.upstream, tagPrefix: `${prefix}-` };
  const upstream =
    at &&
    (await launchUpstream({ ...around, at }).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      const place = `${at.host}:${at.port}`;
      throw new WorldFailed(
        `${name}: the lab's upstream cannot listen at ${place}${code}; free that port, or give live.upstream another one`,
      );
    }));
  control.addNode(nodeName('edge', region), new LiveNode(name));
  const settings = {
    now: new EdgeSettings({ propagationDelayMs: configured.PROPAGATION_DELAY, strategy: configured.INVALIDATION_STRATEGY }),
  };
  const pace = new Pace({ clock, gapMs: MS_PER_S / PURGES_PER_SECOND_MAX, signal });
  const purgeUrl = (live['purge-url'] ?? live.url).text;
  const send = ({ path, ...request }: PurgeRequest) =>
    asker.ask({ url: `${purgeUrl}${path}`, ...request, deadlineMs: PURGE_DEADLINE_MS }).catch((error: unknown) => {
      if (!(error instanceof RailsStopped || error instanceof NoAnswer || signal.aborted))
        onLost(error instanceof Error ? error.message : String(error));
      throw error;
    });
  const purger = await launchPurger({
    ...around,
    target: { ...target, purges: withTagPrefix(ways, prefix) },
    settings,
    sends: [send],
    combine: ([first = send]) => first,
    untilTurn: () => pace.turn(),
    deadlineMs: PURGE_DEADLINE_MS + TURN_MS,
    // A question of its own would be a request more: whether the link carries one is all that is asked.
    probe: async () => {},
  });
  return { port: 0, purgerPort: purger.port, run: upstream?.run };
}
