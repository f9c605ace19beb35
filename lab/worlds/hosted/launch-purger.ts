/** The purger of a region whose cache is not ours: a process that can be broken, between the log and that cache. */
import type { EdgeConfig } from '../../../services/edge/config.ts';
import type { EdgeMeter } from '../../../services/edge/metrics.ts';
import { EdgeSettings } from '../../../services/edge/settings.ts';
import { FETCH_DEADLINE_MS } from '../../../services/protocol/edge-api.ts';
import type { PurgeRequest } from '../../../services/protocol/purge-ways.ts';
import { createPurger, type PurgerPorts } from '../../../services/purger/create.ts';
import type { Purge } from '../../../services/purger/requests.ts';
import { MemoryStore } from '../../../services/purger/store.ts';
import { NoAnswer } from '../../../services/runtime/asker.ts';
import type { Logger } from '../../../services/runtime/log.ts';
import { nodeName } from '../../system/parts.ts';
import type { HostedTarget } from '../../targets/target.ts';
import { WiredLog } from '../wires/wired-log.ts';
import { layWire, type Shared, serveGated } from './launch.ts';
import { ProcessNode, ServerNode } from './nodes.ts';

/** Above the longest fetch: a purge may wait for one. */
export const PURGE_DEADLINE_MS = 4 * FETCH_DEADLINE_MS;

/** Those of the purger that lives now. */
export interface SettingsNow {
  now: EdgeSettings;
}

export interface LaunchPurgerOptions extends Pick<PurgerPorts, 'lateness'> {
  readonly configured: EdgeConfig;
  readonly target: Pick<HostedTarget, 'purges' | 'ok' | 'deliver'>;
  readonly shared: Shared;
  readonly meter: EdgeMeter;
  readonly logger: Logger;
  readonly settings: SettingsNow;
  /** How a purge travels across the link: to each of these, one after the other. */
  readonly sends: readonly PurgerPorts['ask'][];
  /** In place of all of them. */
  readonly tell?: PurgerPorts['tell'];
  /** Called before a purge is on its way; it goes when that resolves. Left out: at once. */
  readonly untilTurn?: () => Promise<void>;
  /** A purge that has no answer by then has none. Left out: PURGE_DEADLINE_MS. */
  readonly deadlineMs?: number;
  /** A small question to the cache, for whoever looks whether it can be reached. */
  readonly probe: () => Promise<unknown>;
  /** What is sent for one purge, of all its sends. */
  readonly combine: (sends: readonly PurgerPorts['ask'][]) => PurgerPorts['ask'];
}

export async function launchPurger(options: LaunchPurgerOptions): Promise<ProcessNode> {
  const { configured, target, shared, meter, logger, lateness, settings, sends, tell, combine, probe } = options;
  const { untilTurn = async () => {}, deadlineMs = PURGE_DEADLINE_MS } = options;
  const { log, kafka, control, releasers, hosting } = shared;
  const [edge, purger] = [nodeName('edge', configured.REGION_NAME), nodeName('purger', configured.REGION_NAME)];
  const toKafka = layWire(hosting, 'edge-kafka', edge, kafka.gate);
  const toEdge = layWire(hosting, 'purger-edge', purger, new ServerNode().gate);
  const { purges: ways, ok, deliver } = target;
  const config = { ...configured, DELIVER: deliver };
  // What it has stored outlives it, as a file does.
  const store = new MemoryStore();
  const toError = (why: string) => new NoAnswer(why);
  const node = await ProcessNode.launch(hosting.clock, 0, async ({ gate, clock, port }) => {
    const across = async <Answer>(how: () => Promise<Answer>) => {
      await untilTurn();
      return toEdge.call(how, { caller: gate, deadlineMs, toError });
    };
    const ask = combine(sends.map((send) => (request: PurgeRequest) => across(() => send(request))));
    const told = tell && ((purge: Purge) => across(() => tell(purge)));
    // Those in force, and its own: a purger that was killed would go on listening to them.
    settings.now = new EdgeSettings(settings.now);
    const wired = new WiredLog({ log, wire: toKafka, caller: gate, clock });
    const now = { settings: settings.now, clock, logger, meter, lateness };
    const parts = createPurger(config, { ways, ok, ask, tell: told, log: wired, store, ...now });
    const life = await serveGated({ parts, gate, port, config: configured, logger, serve: hosting.serve, disconnect: async () => {} });
    parts.join();
    return life;
  });
  releasers.push(() => node.close());
  control.addNode(purger, node);
  control.addLink({ caller: edge, callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: purger, callee: edge }, toEdge, probe);
  return node;
}
