/**
 * A region whose cache is not ours: the program of a target file, between an upstream at the side of the origin and a purger at the side of
 * the log. `edge:<region>` is that program; its link to the origin is that of the upstream, its link to the log that of the purger.
 */

import type { EdgeConfig } from '../../../services/edge/config.ts';
import { EdgeMeter } from '../../../services/edge/metrics.ts';
import { FETCH_DEADLINE_MS } from '../../../services/protocol/edge-api.ts';
import { createPurger } from '../../../services/purger/create.ts';
import { MemoryStore } from '../../../services/purger/store.ts';
import { Asker } from '../../../services/runtime/asker.ts';
import { Upstream } from '../../../services/upstream/upstream.ts';
import { WorldFailed } from '../../errors.ts';
import type { NodeName } from '../../system/parts.ts';
import type { HostedTarget } from '../../targets/target.ts';
import { openProgram } from '../peers/target-program.ts';
import { Gate } from '../wires/gate.ts';
import { WiredLog } from '../wires/wired-log.ts';
import { layWire, type Shared } from './launch.ts';
import { ServerNode } from './nodes.ts';
import { ProgramNode } from './program-node.ts';

export interface LaunchedTarget {
  /** Where its readers ask. */
  readonly port: number;
  /** Where its purger tells of the log. */
  readonly purgerPort: number;
}

/** Above the longest fetch: a purge may wait for one. */
const PURGE_DEADLINE_MS = 4 * FETCH_DEADLINE_MS;
const HOST = '127.0.0.1';

export async function launchTarget(configured: EdgeConfig, target: HostedTarget, shared: Shared): Promise<LaunchedTarget> {
  const { log, kafka, control, releasers, hosting } = shared;
  const { clock } = hosting;
  const region = configured.REGION_NAME;
  const edge: NodeName = `edge:${region}`;
  // The upstream and the purger run as long as the world.
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
    ...(configured.EDGE_PORT === 0 ? {} : { port: configured.EDGE_PORT }),
    asker,
    clock,
    random,
    signal: shared.signal,
    variables: hosting.variables ?? {},
    onOutput: (text) => logger.debug({ program: target.name, text }, 'it said'),
  });
  const wired = new WiredLog({ log, wire: toKafka, caller: beside, clock });
  const { purges: ways, ok, deliver } = target;
  const settings = { ...configured, DELIVER: deliver, CACHE_URL: program.url, PURGE_DEADLINE: PURGE_DEADLINE_MS };
  const purger = createPurger(settings, {
    ways,
    ok,
    log: wired,
    store: new MemoryStore(),
    clock,
    logger,
    meter,
    lateness: hosting.lateness,
  });
  const node = new ProgramNode(program, { name: `${target.name} of ${region}`, onSettings: (wanted) => purger.settings.change(wanted) });
  releasers.push(() => node.close());
  if (hosting.onLost !== undefined) node.onLost(hosting.onLost);
  releasers.push(() => purger.close());
  const server = await hosting.serve({ routes: purger.routes, allowedHosts: configured.ALLOWED_HOSTS, log: logger, port: 0, host: HOST });
  releasers.push(() => server.close());
  purger.join();
  const probe = hosting.createOriginClient(configured.ORIGIN_URL);
  releasers.push(() => probe.close());
  control.addNode(edge, node);
  control.addLink({ caller: edge, callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: edge, callee: 'origin' }, toOrigin, async () => {
    if (!(await probe.answers())) throw new Error('the origin does not answer');
  });
  return { port: Number(new URL(program.url).port), purgerPort: server.port };
}
