/**
 * What a run over a live target is prepared with: the scenario as the rails let it be, and the rails themselves.
 * Nothing is sent.
 */

import { InvalidInput } from '../../lab/errors.ts';
import { checkRails, firstRequests, type OpenRailsOptions } from '../../lab/rails/open-rails.ts';
import type { Spent } from '../../lab/rails/rails.ts';
import type { PlanEvent } from '../../lab/run/dry-run.ts';
import { canRunOver, type LiveRules, overLive } from '../../lab/scenarios/over-live.ts';
import { readScenario, type Scenario } from '../../lab/scenarios/scenario.ts';
import { waysOfRun } from '../../lab/targets/live-limits.ts';
import type { LiveTarget } from '../../lab/targets/target.ts';
import { liveRegionOf, type Topology } from '../../lab/topology/topology.ts';
import { BUILT_IN_SCENARIOS } from '../program-files.ts';
import type { Session } from '../session.ts';
import { type LiveOptions, liveAmong, rulesOf, toPlanned } from './live-targets.ts';

export interface PreparedRun {
  /** Left out: no target is live. */
  readonly live?: {
    readonly rails: OpenRailsOptions;
    readonly notes: readonly string[];
    /** The first of each kind. */
    readonly requests: NonNullable<PlanEvent['requests']>;
  };
}

interface PrepareLiveOptions {
  readonly options: LiveOptions;
  readonly session: Session;
  /** By the scenarios before. */
  readonly spent: Spent;
}

/**
 * The same where no target is live. Throws InvalidInput for what the rails forbid, but for addresses: nothing is looked
 * up.
 */
export async function prepareLive(
  scenario: Scenario,
  topology: Topology,
  { options, session, spent }: PrepareLiveOptions,
): Promise<PreparedRun & { readonly scenario: Scenario; readonly topology: Topology }> {
  const rules = rulesOf(options);
  const standing = liveRegionOf(topology)?.target;
  if (standing !== undefined && !canRunOver(scenario, standing)) await refuse(scenario, topology, { rules, target: standing });
  const { notes, ...over } = overLive(scenario, topology, rules);
  const region = liveRegionOf(over.topology);
  if (region === undefined) return over;
  const { target } = region;
  const ways = waysOfRun(target, rules.allowsWidePurge);
  const takes = ({ mode, type }: { readonly mode: string; readonly type: string }) =>
    ways.some((way) => way.mode === mode && way.type === type);
  const rails = { ...liveAmong([target], { options, of: 'run', takes, session }), spent };
  checkRails(rails);
  return { ...over, live: { rails, notes, requests: firstRequests(target, rails).map(toPlanned) } };
}

interface Refused {
  readonly rules: LiveRules;
  readonly target: LiveTarget;
}

/** Throws InvalidInput: what it cannot be, and which scenarios of ours can. */
async function refuse(scenario: Scenario, topology: Topology, { rules, target }: Refused): Promise<void> {
  const all = await Promise.all([...BUILT_IN_SCENARIOS].map(async ([name, file]) => ({ name, scenario: await readScenario(file) })));
  const able = all.filter((one) => canRunOver(one.scenario, target)).map(({ name }) => name);
  try {
    overLive(scenario, topology, rules);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(`${error.message}\nover ${target.name} can run: ${able.join(', ')}`);
  }
}
