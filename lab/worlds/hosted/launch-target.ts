/**
 * A region whose cache is not ours: the program of a target file, between an upstream at the side of the origin and a purger at the side of
 * the log. `edge:<region>` is that program; its link to the origin is that of the upstream, its link to the log that of the purger.
 */

import type { EdgeConfig } from '../../../services/edge/config.ts';
import { EdgeMeter } from '../../../services/edge/metrics.ts';
import { EdgeSettings } from '../../../services/edge/settings.ts';
import { FETCH_DEADLINE_MS } from '../../../services/protocol/edge-api.ts';
import type { PurgeRequest } from '../../../services/protocol/purge-ways.ts';
import { askAt } from '../../../services/purger/ask.ts';
import { createPurger } from '../../../services/purger/create.ts';
import type { Purge } from '../../../services/purger/requests.ts';
import { MemoryStore } from '../../../services/purger/store.ts';
import { Asker, NoAnswer } from '../../../services/runtime/asker.ts';
import type { LatenessMeter } from '../../../services/runtime/lateness.ts';
import type { Logger } from '../../../services/runtime/log.ts';
import { Upstream } from '../../../services/upstream/upstream.ts';
import { WorldFailed } from '../../errors.ts';
import { nodeName } from '../../system/parts.ts';
import type { HostedTarget } from '../../targets/target.ts';
import type { Program } from '../peers/program.ts';
import { nothingOf, openProgram } from '../peers/target-program.ts';
import { openTeller } from '../peers/teller.ts';
import { Gate } from '../wires/gate.ts';
import { WiredLog } from '../wires/wired-log.ts';
import { layWire, type Shared, serveGated } from './launch.ts';
import { ProcessNode, ServerNode } from './nodes.ts';
import { ProgramNode } from './program-node.ts';
import { askEach, inOrder } from './purged-tiers.ts';

export interface LaunchedTarget {
  /** Where its readers ask. */
  readonly port: number;
  /** Where its purger tells of the log. */
  readonly purgerPort: number;
}

/** Above the longest fetch: a purge may wait for one. */
const PURGE_DEADLINE_MS = 4 * FETCH_DEADLINE_MS;
const PROBE_MS_MAX = 1_000;
const HOST = '127.0.0.1';

/** What the parts of one such region are made with. */
interface Around {
  readonly configured: EdgeConfig;
  readonly target: HostedTarget;
  readonly shared: Shared;
  readonly asker: Asker;
  /** Counts what the upstream asks, and what the purger has purged. */
  readonly meter: EdgeMeter;
  readonly logger: Logger;
}

export async function launchTarget(configured: EdgeConfig, target: HostedTarget, shared: Shared): Promise<LaunchedTarget> {
  const { control, releasers, hosting } = shared;
  const region = configured.REGION_NAME;
  const asker = new Asker(hosting.clock);
  releasers.push(() => asker.close());
  const logger = hosting.createLogger(`purger-${region}`, configured.LOG_LEVEL);
  const around: Around = { configured, target, shared, asker, meter: new EdgeMeter(hosting.clock), logger };
  const upstream = await launchUpstream(around);
  const shield = target.shield === undefined ? undefined : await launchShield(around, upstream);
  const program = await launchProgram(around, shield?.port ?? upstream.port, upstream.run);
  const settings = {
    now: new EdgeSettings({ propagationDelayMs: configured.PROPAGATION_DELAY, strategy: configured.INVALIDATION_STRATEGY }),
  };
  const node = new ProgramNode(program, { name: `${target.name} of ${region}`, onSettings: (wanted) => settings.now.change(wanted) });
  releasers.push(() => node.close());
  if (hosting.onLost !== undefined) node.onLost(hosting.onLost);
  control.addNode(nodeName('edge', region), node);
  const purger = await launchPurger(around, { program, shieldUrl: shield?.url, settings });
  return { port: Number(new URL(program.url).port), purgerPort: purger.port };
}

/** It runs as long as the world. */
async function launchUpstream({ configured, target, shared, meter }: Around): Promise<Upstream> {
  const { control, releasers, hosting } = shared;
  const { clock } = hosting;
  const edge = nodeName('edge', configured.REGION_NAME);
  const caller = new Gate();
  const toOrigin = layWire(hosting, 'edge-origin', edge, new ServerNode().gate);
  const toError = (why: string) => new WorldFailed(`no answer from the origin: ${why}`);
  const upstream = await Upstream.listen({
    originUrl: configured.ORIGIN_URL,
    host: HOST,
    port: 0,
    lifetimeMs: target.lifetime,
    missingMs: target.missing,
    untagged304: target.untagged304 ?? false,
    clock,
    random: hosting.random.fork(`upstream:${configured.REGION_NAME}`),
    across: (send) => toOrigin.call(send, { caller, deadlineMs: FETCH_DEADLINE_MS, toError }),
    onFetch: (what) => (what === 'asked' ? meter.countOriginFetch() : meter.countFailedFetch()),
  });
  releasers.push(() => upstream.close());
  const probe = hosting.createOriginClient(configured.ORIGIN_URL);
  releasers.push(() => probe.close());
  control.addLink({ caller: edge, callee: 'origin' }, toOrigin, async () => {
    if (!(await probe.answers())) throw new Error('the origin does not answer');
  });
  return upstream;
}

/** Another one of its kind, which it asks in place of the upstream. No fault is aimed at it. */
async function launchShield(around: Around, { port, run }: Upstream): Promise<{ readonly port: number; readonly url: string }> {
  const { configured, target, shared } = around;
  const shield = await launchProgram({ ...around, configured: { ...configured, EDGE_PORT: 0 } }, port, run);
  let isClosing = false;
  shared.releasers.push(() => {
    isClosing = true;
    return shield.stop();
  });
  const name = `the shield of ${target.name} in ${configured.REGION_NAME}`;
  void shield.untilEnded().then((why) => isClosing || shared.hosting.onLost?.(new WorldFailed(`${name}: ${why}`).message));
  return { port: Number(new URL(shield.url).port), url: shield.url };
}

/** `run`: what the stamps of the upstream say. */
function launchProgram({ configured, target, shared, asker, logger }: Around, upstreamPort: number, run: string): Promise<Program> {
  const { hosting } = shared;
  return openProgram(target, {
    upstreamPort,
    run,
    ...(configured.EDGE_PORT === 0 ? {} : { port: configured.EDGE_PORT }),
    asker,
    clock: hosting.clock,
    random: hosting.random.fork(`program:${configured.REGION_NAME}`),
    signal: hosting.stopping ?? new AbortController().signal,
    variables: hosting.variables ?? {},
    onOutput: (text) => logger.debug({ program: target.name, text }, 'it said'),
  });
}

interface Purged {
  readonly program: Program;
  /** undefined: there is none. */
  readonly shieldUrl: string | undefined;
  /** Those of the purger that lives now. */
  readonly settings: { now: EdgeSettings };
}

async function launchPurger(
  { configured, target, shared, asker, meter, logger }: Around,
  { program, shieldUrl, settings }: Purged,
): Promise<ProcessNode> {
  const { log, kafka, control, releasers, hosting } = shared;
  const { clock } = hosting;
  const { url } = program;
  const lateness = hosting.lateness === undefined ? undefined : latenessOf(program, hosting.lateness);
  const [edge, purger] = [nodeName('edge', configured.REGION_NAME), nodeName('purger', configured.REGION_NAME)];
  const toKafka = layWire(hosting, 'edge-kafka', edge, kafka.gate);
  const toEdge = layWire(hosting, 'purger-edge', purger, new ServerNode().gate);
  const { purges: ways, ok, deliver } = target;
  const config = { ...configured, DELIVER: deliver };
  // What it has stored outlives it, as a file does.
  const store = new MemoryStore();
  const purged = inOrder({ cache: url, shield: shieldUrl }, target.shield);
  const sends = purged.map((at) => askAt(asker, { url: at, deadlineMs: PURGE_DEADLINE_MS }));
  const region = configured.REGION_NAME;
  const { variables = {} } = hosting;
  const teller = target.tell && openTeller(target.tell, { region, cacheUrl: url, asker, variables, clock, deadlineMs: PURGE_DEADLINE_MS });
  if (teller !== undefined) releasers.push(() => teller.close());
  const toError = (why: string) => new NoAnswer(why);
  const node = await ProcessNode.launch(clock, 0, async ({ gate, clock: gated, port }) => {
    const across = <Answer>(how: () => Promise<Answer>) => toEdge.call(how, { caller: gate, deadlineMs: PURGE_DEADLINE_MS, toError });
    const ask = askEach(
      sends.map((send) => (request: PurgeRequest) => across(() => send(request))),
      ok,
    );
    const tell = teller && ((purge: Purge) => across(() => teller.tell(purge)));
    // Those in force, and its own: a purger that was killed would go on listening to them.
    settings.now = new EdgeSettings(settings.now);
    const wired = new WiredLog({ log, wire: toKafka, caller: gate, clock: gated });
    const parts = createPurger(config, {
      ways,
      ok,
      ask,
      tell,
      log: wired,
      store,
      settings: settings.now,
      clock: gated,
      logger,
      meter,
      lateness,
    });
    const life = await serveGated({ parts, gate, port, config: configured, logger, serve: hosting.serve, disconnect: async () => {} });
    parts.join();
    return life;
  });
  releasers.push(() => node.close());
  control.addNode(purger, node);
  control.addLink({ caller: edge, callee: 'kafka' }, toKafka, () => log.bounds());
  control.addLink({ caller: purger, callee: edge }, toEdge, () =>
    asker.ask({ url: `${url}${nothingOf(target)}`, deadlineMs: PROBE_MS_MAX }),
  );
  return node;
}

/** With how the program fared, in place of the process of its purger: that one tells of itself by its origin. */
function latenessOf(program: Program, ofProcess: LatenessMeter): LatenessMeter {
  return { ...ofProcess, report: () => ({ ...ofProcess.report(), waitedMs: program.lookAtWaits() ?? null }) };
}
