/**
 * A region whose cache is not ours: the program of a target file, between an upstream at the side of the origin and a
 * purger at the side of the log. `edge:<region>` is that program; its link to the origin is that of the upstream, its
 * link to the log that of the purger.
 */

import type { EdgeConfig } from '../../../services/edge/config.ts';
import { EdgeMeter } from '../../../services/edge/metrics.ts';
import { EdgeSettings } from '../../../services/edge/settings.ts';
import { askAt } from '../../../services/purger/ask.ts';
import type { Purge } from '../../../services/purger/requests.ts';
import { Asker } from '../../../services/runtime/asker.ts';
import type { LatenessMeter } from '../../../services/runtime/lateness.ts';
import type { Logger } from '../../../services/runtime/log.ts';
import type { Upstream } from '../../../services/upstream/upstream.ts';
import { WorldFailed } from '../../errors.ts';
import { nodeName } from '../../system/parts.ts';
import type { HostedTarget } from '../../targets/target.ts';
import type { Program } from '../peers/program.ts';
import { nothingOf, openProgram } from '../peers/target-program.ts';
import { openTeller } from '../peers/teller.ts';
import type { Shared } from './launch.ts';
import { launchPurger, PURGE_DEADLINE_MS, type SettingsNow } from './launch-purger.ts';
import { launchUpstream } from './launch-upstream.ts';
import type { ProcessNode } from './nodes.ts';
import { ProgramNode } from './program-node.ts';
import { askEach, inOrder } from './purged-tiers.ts';

export interface LaunchedTarget {
  /** Where its readers ask. */
  readonly port: number;
  /** Where its purger tells of the log. */
  readonly purgerPort: number;
}

const PROBE_MS_MAX = 1_000;

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
  const purger = await launchPurgerOf(around, { program, shieldUrl: shield?.url, settings });
  return { port: Number(new URL(program.url).port), purgerPort: purger.port };
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
  readonly settings: SettingsNow;
}

function launchPurgerOf(around: Around, { program, shieldUrl, settings }: Purged): Promise<ProcessNode> {
  const { target, shared, asker, configured } = around;
  const { releasers, hosting } = shared;
  const { url } = program;
  const { variables = {}, clock } = hosting;
  const lateness = hosting.lateness === undefined ? undefined : latenessOf(program, hosting.lateness);
  const region = configured.REGION_NAME;
  const teller = target.tell && openTeller(target.tell, { region, cacheUrl: url, asker, variables, clock, deadlineMs: PURGE_DEADLINE_MS });
  if (teller !== undefined) releasers.push(() => teller.close());
  return launchPurger({
    ...around,
    settings,
    lateness,
    sends: inOrder({ cache: url, shield: shieldUrl }, target.shield).map((at) => askAt(asker, { url: at, deadlineMs: PURGE_DEADLINE_MS })),
    combine: (sends) => askEach(sends, target.ok),
    ...(teller === undefined ? {} : { tell: (purge: Purge) => teller.tell(purge) }),
    probe: () => asker.ask({ url: `${url}${nothingOf(target)}`, deadlineMs: PROBE_MS_MAX }),
  });
}

/** With how the program fared, in place of the process of its purger: that one tells of itself by its origin. */
function latenessOf(program: Program, ofProcess: LatenessMeter): LatenessMeter {
  return { ...ofProcess, report: () => ({ ...ofProcess.report(), waitedMs: program.lookAtWaits() ?? null }) };
}
