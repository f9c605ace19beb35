/**
 * A region whose cache is not ours: the program of a target file, between an upstream at the side of the origin and a purger at the side of
 * the log. `edge:<region>` is that program; its link to the origin is that of the upstream, its link to the log that of the purger.
 */

import type { EdgeConfig } from '../../../services/edge/config.ts';
import { EdgeMeter } from '../../../services/edge/metrics.ts';
import { EdgeSettings } from '../../../services/edge/settings.ts';
import { FETCH_DEADLINE_MS } from '../../../services/protocol/edge-api.ts';
import type { PurgeRequest } from '../../../services/protocol/purge-ways.ts';
import { createPurger } from '../../../services/purger/create.ts';
import { MemoryStore } from '../../../services/purger/store.ts';
import { Asker, NoAnswer } from '../../../services/runtime/asker.ts';
import { Upstream } from '../../../services/upstream/upstream.ts';
import { WorldFailed } from '../../errors.ts';
import { nodeName } from '../../system/parts.ts';
import type { HostedTarget } from '../../targets/target.ts';
import { nothingOf, openProgram } from '../peers/target-program.ts';
import { Gate } from '../wires/gate.ts';
import { WiredLog } from '../wires/wired-log.ts';
import { layWire, type Shared, serveGated } from './launch.ts';
import { ProcessNode, ServerNode } from './nodes.ts';
import { ProgramNode } from './program-node.ts';

export interface LaunchedTarget {
  /** Where its readers ask. */
  readonly port: number;
  /** Where its purger tells of the log. */
  readonly purgerPort: number;
}

/** Above the longest fetch: a purge may wait for one. */
const PURGE_DEADLINE_MS = 4 * FETCH_DEADLINE_MS;
/** To a cache that takes no purge. */
const NOTHING = { how: 'none' } as const;
const PROBE_MS_MAX = 1_000;
const HOST = '127.0.0.1';

export async function launchTarget(configured: EdgeConfig, target: HostedTarget, shared: Shared): Promise<LaunchedTarget> {
  const { log, kafka, control, releasers, hosting } = shared;
  const { clock } = hosting;
  const region = configured.REGION_NAME;
  const [edge, purger] = [nodeName('edge', region), nodeName('purger', region)];
  // The upstream runs as long as the world.
  const beside = new Gate();
  const toKafka = layWire(hosting, 'edge-kafka', edge, kafka.gate);
  const toOrigin = layWire(hosting, 'edge-origin', edge, new ServerNode().gate);
  const random = hosting.random.fork(`upstream:${region}`);
  const meter = new EdgeMeter(clock);
  const upstream = await Upstream.listen({
    originUrl: configured.ORIGIN_URL,
    host: HOST,
    port: 0,
    lifetimeMs: target.lifetime,
    missingMs: target.missing,
    untagged304: target.untagged304 ?? false,
    clock,
    random,
    across: (send) =>
      toOrigin.call(send, {
        caller: beside,
        deadlineMs: FETCH_DEADLINE_MS,
        toError: (why) => new WorldFailed(`no answer from the origin: ${why}`),
      }),
    onFetch: (what) => (what === 'asked' ? meter.countOriginFetch() : meter.countFailedFetch()),
  });
  releasers.push(() => upstream.close());
  const asker = new Asker(clock);
  releasers.push(() => asker.close());
  const logger = hosting.createLogger(`purger-${region}`, configured.LOG_LEVEL);
  const program = await openProgram(target, {
    upstreamPort: upstream.port,
    run: upstream.run,
    ...(configured.EDGE_PORT === 0 ? {} : { port: configured.EDGE_PORT }),
    asker,
    clock,
    random,
    signal: shared.signal,
    variables: hosting.variables ?? {},
    onOutput: (text) => logger.debug({ program: target.name, text }, 'it said'),
  });
  let settings = new EdgeSettings({ propagationDelayMs: configured.PROPAGATION_DELAY, strategy: configured.INVALIDATION_STRATEGY });
  const node = new ProgramNode(program, { name: `${target.name} of ${region}`, onSettings: (wanted) => settings.change(wanted) });
  releasers.push(() => node.close());
  if (hosting.onLost !== undefined) node.onLost(hosting.onLost);
  const toEdge = layWire(hosting, 'purger-edge', purger, new ServerNode().gate);
  const { purges: ways, ok, deliver } = target;
  const config = {
    ...configured,
    DELIVER: ways.length === 0 ? NOTHING : deliver,
    CACHE_URL: program.url,
    PURGE_DEADLINE: PURGE_DEADLINE_MS,
  };
  // What it has stored outlives it, as a file does.
  const store = new MemoryStore();
  const purgerNode = await ProcessNode.launch(clock, 0, async ({ gate, clock: gated, port }) => {
    const wired = new WiredLog({ log, wire: toKafka, caller: gate, clock: gated });
    const ask = ({ method, path, headers }: PurgeRequest) =>
      toEdge.call(() => asker.ask({ url: `${program.url}${path}`, method, headers, deadlineMs: PURGE_DEADLINE_MS }), {
        caller: gate,
        deadlineMs: PURGE_DEADLINE_MS,
        toError: (why) => new NoAnswer(why),
      });
    // Those in force, and its own: a purger that was killed would go on listening to them.
    settings = new EdgeSettings(settings);
    const parts = createPurger(config, {
      ways,
      ok,
      ask,
      log: wired,
      store,
      settings,
      clock: gated,
      logger,
      meter,
      lateness: hosting.lateness,
    });
    const life = await serveGated({ parts, gate, port, config: configured, logger, serve: hosting.serve, disconnect: async () => {} });
    parts.join();
    return life;
  });
  releasers.push(() => purgerNode.close());
  const probe = hosting.createOriginClient(configured.ORIGIN_URL);
  releasers.push(() => probe.close());
  control.addNode(edge, node);
  control.addNode(purger, purgerNode);
  control.addLink({ caller: purger, callee: edge }, toEdge, () =>
    asker.ask({ url: `${program.url}${nothingOf(target)}`, deadlineMs: PROBE_MS_MAX }),
  );
  control.addLink({ caller: edge, callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: edge, callee: 'origin' }, toOrigin, async () => {
    if (!(await probe.answers())) throw new Error('the origin does not answer');
  });
  return { port: Number(new URL(program.url).port), purgerPort: purgerNode.port };
}
