/**
 * What a scenario asks of its world, judged when the world is known and before it starts: regions, and faults it can
 * inject.
 */

import { leaseMsLeastIn } from '../../services/runtime/lease-settings.ts';
import { InvalidInput } from '../errors.ts';
import { drawSchedule } from '../faults/drawn-schedule.ts';
import { FAULTS } from '../faults/faults.ts';
import { didYouMean } from '../input/nearest.ts';
import { type Problem, shown } from '../input/problems.ts';
import { memberProblem, targetProblem } from '../system/target.ts';
import { WITHOUT_TARGET, whyAbsent, whyBeyond } from '../targets/absent-parts.ts';
import type { HostedTarget, Target } from '../targets/target.ts';
import { regionProblems } from '../thresholds/threshold.ts';
import { type EdgeCounts, groupsTwice } from '../topology/edge-counts.ts';
import { type Backend, worldKind, worldsWhere, worldsWith } from '../worlds/worlds.ts';
import type { ParsedScenario } from './scenario.ts';

/** As its own file says it; a scenario may ask for more. */
export function edgeCountsOf(
  regions: readonly { readonly region: string; readonly others?: readonly unknown[] | undefined }[],
): EdgeCounts {
  return new Map(regions.map(({ region, others = [] }) => [region, 1 + others.length]));
}

/** Throws InvalidInput naming file, line and key of every region, and of every edge of one, that is not there. */
export function checkRegions(scenario: ParsedScenario, begun: EdgeCounts): void {
  const regions = [...begun.keys()];
  const running = scenario.system.only ?? regions;
  const edges = new Map(running.map((region) => [region, scenario.system.regions[region]?.members ?? begun.get(region) ?? 1]));
  const unknown = (region: string, known: readonly string[]) =>
    `expected a region (${known.join(', ')}), got ${shown(region)}${didYouMean(region, known)}`;
  const inSystem = Object.keys(scenario.system.regions)
    .filter((region) => !running.includes(region))
    .map((region) => ({ path: ['system', 'regions', region], message: unknown(region, running) }));
  const inMethod = scenario.method.flatMap(({ target }, at) => {
    const message = targetProblem(target, running) ?? memberProblem(target, edges);
    return message === undefined ? [] : [{ path: ['method', at, 'target'], message }];
  });
  const inOnly = (scenario.system.only ?? []).flatMap((region, at) =>
    regions.includes(region) ? [] : [{ path: ['system', 'only', at], message: unknown(region, regions) }],
  );
  const twice = groupsTwice(edges).map(({ region, message }) => ({ path: ['system', 'regions', region, 'members'], message }));
  refuse(scenario, [...inOnly, ...inSystem, ...twice, ...inMethod, ...regionProblems(scenario.thresholds, running)]);
}

/** Throws InvalidInput naming every fault that would meet another there that excludes it. */
export function checkSchedule(scenario: ParsedScenario, regions: readonly string[], seed: number): void {
  const running = scenario.system.only ?? regions;
  const { problems } = drawSchedule({ method: scenario.method, regions: running, seed });
  refuse(
    scenario,
    problems.map(({ at, message }) => ({ path: ['method', at, 'target'], message })),
  );
}

/**
 * Throws InvalidInput naming file and line of a lease that would run out while nothing is wrong. `regions`: with all
 * that the scenario asks of them.
 */
export function checkLease(scenario: ParsedScenario, regions: readonly LeasedRegion[]): void {
  const { lease } = scenario.system;
  if (!lease) return;
  const short = regions
    .filter(({ target }) => target === undefined)
    .map(({ region, environment }) => ({ region, leastMs: leaseMsLeastIn({ ...environment, ...UNNAMED_LEASE }) }))
    .filter(({ leastMs }) => lease < leastMs);
  if (short.length === 0) return;
  const needs = short.map(({ region, leastMs }) => `${leastMs}ms in ${region}`).join(', ');
  refuse(scenario, [{ path: ['system', 'lease'], message: `expected 0s for none, or at least ${needs}, got ${lease}ms` }]);
}

/** What the scenario asks for is judged here. */
const UNNAMED_LEASE = { FRESHNESS_LEASE: undefined };

interface LeasedRegion {
  readonly region: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly target?: unknown;
}

/** What of a world says which caches stand in it. */
interface TargetedRegion {
  readonly region: string;
  readonly target?: (Pick<Target, 'name' | 'purges' | 'tell'> & Pick<HostedTarget, 'readsLog'>) | undefined;
}

/** What is only for caches of others. */
const OF_TARGETS = ['deliver', 'untagged-304', 'shield'] as const;

/** Above it a process of its own sends the reads, which knows no cache but ours. */
const READS_MAX = 1_000;

/** Throws InvalidInput naming everything that a cache of others cannot have. */
export function checkTargets(scenario: ParsedScenario, all: readonly TargetedRegion[], { seed, backend }: TargetsIn): void {
  const regions = all.filter(({ region }) => scenario.system.only?.includes(region) ?? true);
  const targets = new Map(regions.flatMap(({ region, target }) => (target === undefined ? [] : [[region, target] as const])));
  if (targets.size > 0) checkRunsTargets(backend);
  checkReadsLog(backend, regions);
  const { faults } = drawSchedule({ method: scenario.method, regions: regions.map(({ region }) => region), seed });
  const ofFaults = faults.flatMap(({ planned, target }) => {
    const { region, text } = target;
    const found = targets.get(region ?? '');
    const why = whyAbsent(target, found) ?? whyBeyond(found, { fault: planned.fault, backend });
    if (why === undefined) return [];
    return [{ path: ['method', scenario.method.indexOf(planned), 'target'], message: `${planned.fault} ${text}: ${why}` }];
  });
  const ofReads =
    targets.size > 0 && scenario.workload.reads > READS_MAX
      ? [{ path: ['workload', 'reads'], message: `at most ${READS_MAX} reads a second with a cache of others` }]
      : [];
  const { system } = scenario;
  const ofSystem = OF_TARGETS.flatMap((key) =>
    system[key] === undefined || targets.size > 0 ? [] : [{ path: ['system', key], message: WITHOUT_TARGET }],
  );
  const told = [...targets.values()].find(({ tell }) => tell !== undefined);
  const noShield =
    worldKind(backend).targetsBy === 'labels'
      ? `the ${backend} world has no shield`
      : told && `${told.name} is purged by an application, which knows of one cache only`;
  const ofShield = system.shield === undefined || noShield === undefined ? [] : [{ path: ['system', 'shield'], message: noShield }];
  refuse(scenario, [...ofReads, ...ofSystem, ...ofShield, ...ofFaults]);
}

/** Throws InvalidInput. */
export function checkRunsTargets(backend: Backend): void {
  const able = worldsWhere(({ targetsBy }) => targetsBy !== undefined);
  if (!able.includes(backend)) throw new InvalidInput(`--target: needs a world of ${able.join(' or ')}, this one is ${backend}`);
}

/** That a cache which reads the log itself has a log that others can read. Throws InvalidInput. */
export function checkReadsLog(backend: Backend, regions: readonly TargetedRegion[]): void {
  if (worldKind(backend).targetsBy === 'labels') return;
  const reader = regions.find(({ target }) => target?.readsLog === true);
  if (reader === undefined) return;
  const able = worldsWhere(({ targetsBy }) => targetsBy === 'labels').join(' or ');
  throw new InvalidInput(
    `edge-${reader.region}: edgesync.deliver: own needs a log that other programs can read, and the ${backend} world has none: use --backend ${able}`,
  );
}

/** That `--target` says it. Throws InvalidInput. */
export function checkTakesTargets(backend: Backend): void {
  checkRunsTargets(backend);
  if (worldKind(backend).targetsBy === 'option') return;
  const able = worldsWhere(({ targetsBy }) => targetsBy === 'option').join(' or ');
  throw new InvalidInput(
    `--target: needs a world of ${able}; in the ${backend} world the label edgesync.target of a service of compose.yaml names the cache of its region`,
  );
}

interface TargetsIn {
  readonly seed: number;
  readonly backend: Backend;
}

/** Whether caches of others are started otherwise for it than for any other. */
export function changesTargets({ system }: Pick<ParsedScenario, 'system'>): boolean {
  return OF_TARGETS.some((key) => system[key] !== undefined);
}

/** Whether it can only be run with a cache of others. */
export function needsTarget({ system, method }: Pick<ParsedScenario, 'system' | 'method'>): boolean {
  return changesTargets({ system }) || method.some(({ target }) => /\bpurger:/.test(target));
}

/** Throws InvalidInput naming every fault that this kind of world cannot inject. */
export function checkBackend(scenario: ParsedScenario, backend: Backend): void {
  const problems = scenario.method.flatMap(({ fault: name }, at) => {
    const fault = FAULTS.get(name);
    const backends = fault === undefined ? [] : worldsWith(fault);
    if (backends.includes(backend)) return [];
    return [{ path: ['method', at, 'fault'], message: `${name} needs a world of ${backends.join(' or ')}, this one is ${backend}` }];
  });
  const some = worldsWhere(({ takesSomeRegions }) => takesSomeRegions);
  const only =
    !worldKind(backend).takesSomeRegions && scenario.system.only !== undefined
      ? [{ path: ['system', 'only'], message: `needs a world of ${some.join(' or ')}, this one is ${backend}` }]
      : [];
  const clocks =
    worldKind(backend).time === 'real' && scenario.system.clocks !== undefined
      ? [
          {
            path: ['system', 'clocks'],
            message: `needs a world of ${worldsWhere(({ time }) => time === 'virtual').join(' or ')}, this one is ${backend}`,
          },
        ]
      : [];
  // What goes on without the lab was started with settings of its own.
  const able = worldsWhere(({ outlivesLab }) => !outlivesLab).join(' or ');
  const message = `needs a world of ${able}, this one is ${backend}`;
  const { skew } = worldKind(backend).outlivesLab ? scenario.system : {};
  const skewed = skew === undefined ? [] : [{ path: ['system', 'skew'], message }];
  const fixed = Object.entries(worldKind(backend).outlivesLab ? scenario.system.regions : {}).flatMap(([region, own]) => {
    const { lifetime, marks, hot, members } = own;
    return Object.entries({ lifetime, marks, hot, members }).flatMap(([name, value]) =>
      value === undefined ? [] : [{ path: ['system', 'regions', region, name], message }],
    );
  });
  refuse(scenario, [...only, ...clocks, ...fixed, ...skewed, ...problems]);
}

function refuse(scenario: ParsedScenario, problems: readonly Problem[]): void {
  if (problems.length > 0) throw scenario.refuse(problems);
}
