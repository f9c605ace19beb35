/**
 * A scenario over a live target: one region, and a load that its rails let through. What it cannot be is refused before
 * anything is sent; what is otherwise than the scenario says is told in notes.
 */
import type { Deliver } from '../../services/protocol/purge-ways.ts';
import { InvalidInput } from '../errors.ts';
import type { Problem } from '../input/problems.ts';
import { wayText } from '../races/raced-cache.ts';
import type { RailRules } from '../rails/open-rails.ts';
import { REQUESTS_MAX } from '../rails/rails.ts';
import { linkKindIn, targetKindOf } from '../system/target.ts';
import { deliverOf } from '../targets/deliver.ts';
import { type Pace, paceOf, waysOfRun, whyNotLive } from '../targets/live-limits.ts';
import type { LiveTarget } from '../targets/target.ts';
import type { LiveRegion, Topology } from '../topology/topology.ts';
import type { Scenario, Workload } from './scenario.ts';

export type LiveRules = Pick<RailRules, 'perSecond' | 'allowsWidePurge'>;

export interface OverLive {
  readonly scenario: Scenario;
  readonly topology: Topology;
  readonly notes: readonly string[];
}

const MS_PER_S = 1000;
/** Of the self-check, about. */
const CHECKING = 30;
/**
 * Requests for each key outside the load, about: made, changed, read by the gate, by the look after the heal and at the
 * end.
 */
const OF_KEY = 12;
const NAMED_REGION = /:(\w+(?:-\w+)*)/g;
const REGION_WORDS = ['one', 'majority'];

/** The same where no target is live. Throws InvalidInput, by line where the scenario is to blame. */
export function overLive(scenario: Scenario, topology: Topology, rules: LiveRules): OverLive {
  const live = topology.regions.filter((region): region is LiveRegion => region.target?.live !== undefined);
  if (live.length === 0) return { scenario, topology, notes: [] };
  const region = chosen(live, scenario);
  const problems = impossible(scenario, region.target);
  if (problems.length > 0) throw scenario.refuse(problems);
  const ways = waysOfRun(region.target, rules.allowsWidePurge);
  refuseUnpurged(region.target, ways);
  const left = topology.regions.filter((one) => one.region !== region.region).map((one) => one.region);
  const here = onlyIn(scenario, region.region);
  const pace = paceFor(here.scenario, region.target, rules);
  const paced = slowed(here.scenario, {
    pace,
    target: region.target,
    regions: topology.regions.length,
    canWiden: ways.some(({ type }) => type !== 'key'),
  });
  const turnMs = turnMsOf(paced.scenario, rules.perSecond, purgesPerWrite(paced.scenario, region.target));
  const done = { ...paced.scenario, settle: paced.scenario.settle + turnMs };
  refuseTooMany(done, region.target);
  const unsent = region.target.purges.filter((way) => !ways.includes(way)).map(wayText);
  return {
    scenario: done,
    topology: { ...topology, regions: [{ ...region, target: { ...region.target, turnMs } }] },
    notes: [
      ...(left.length === 0 ? [] : [`a live target is one region, here ${region.region}; these regions are left out: ${left.join(', ')}`]),
      ...here.notes,
      ...paced.notes,
      ...(unsent.length === 0 ? [] : [`not sent, because they may purge contents of others: ${unsent.join(', ')}`]),
      `a purge may wait ${turnMs} ms for its turn, so answers may be old for that much longer`,
    ],
  };
}

/** The first that the scenario breaks something of, else the first. */
function chosen(live: readonly LiveRegion[], { method, system }: Scenario): LiveRegion {
  const targets = new Set(live.map(({ target }) => target.live.url.text));
  if (targets.size > 1) throw new InvalidInput(`--target: expected one live target in a run, got ${targets.size}`);
  const free = live.filter(({ region }) => system.only?.includes(region) ?? true);
  const named = method.flatMap(({ target }) => regionsIn(target));
  const found = free.find(({ region }) => region === named.find((one) => free.some((other) => other.region === one))) ?? free[0];
  if (found === undefined)
    throw new InvalidInput(`--target: the live target stands in no region of the scenario (${system.only?.join(', ')})`);
  return found;
}

function regionsIn(target: string): readonly string[] {
  return [...target.matchAll(NAMED_REGION)].map(([, region = '']) => region).filter((region) => !REGION_WORDS.includes(region));
}

/** Whether a live target can have it at all. */
export function canRunOver(scenario: Scenario, target: LiveTarget): boolean {
  return impossible(scenario, target).length === 0;
}

function impossible({ method, system }: Scenario, target: LiveTarget): readonly Problem[] {
  const ofFaults = method.flatMap(({ fault, target: text }, at) => {
    const why = whyNotLive(target, { fault, part: linkKindIn(text) ?? targetKindOf(text) });
    return why === undefined ? [] : [{ path: ['method', at, 'target'], message: `${fault} ${text}: ${why}` }];
  });
  const ofShield =
    system.shield === undefined
      ? []
      : [
          {
            path: ['system', 'shield'],
            message: `${target.name} is a live target, and the lab puts no second cache in front of a live target`,
          },
        ];
  const isOwn = target.live.origin !== undefined;
  const ofTags =
    isOwn && system['untagged-304']
      ? [
          {
            path: ['system', 'untagged-304'],
            message: `${target.name} has an origin of its own, and the lab does not set the tags of that origin`,
          },
        ]
      : [];
  return [...ofFaults, ...ofShield, ...ofTags];
}

function refuseUnpurged({ name, purges }: LiveTarget, ways: readonly unknown[]): void {
  if (purges.length === 0 || ways.length > 0) return;
  const which = purges.map(wayText).join(', ');
  throw new InvalidInput(
    `${name}: ${which} may purge contents of others; --allow-wide-purge allows that; a purge of one key is always allowed`,
  );
}

interface Noted {
  readonly scenario: Scenario;
  readonly notes: readonly string[];
}

/** Without what is of other regions. */
function onlyIn(scenario: Scenario, region: string): Noted {
  const isHere = ({ target }: { readonly target: string }) => regionsIn(target).every((one) => one === region);
  const gone = scenario.method.filter((step) => !isHere(step)).map(({ fault, target }) => `${fault} ${target}`);
  const own = scenario.system.regions[region];
  const system = { ...scenario.system, only: [region], regions: own === undefined ? {} : { [region]: own } };
  const elsewhere = scenario.thresholds
    .filter(({ tags }) => (tags.region ?? region) !== region)
    .map(({ selector }) => `threshold ${selector}`);
  const left = [...gone, ...elsewhere];
  const notes = left.length === 0 ? [] : [`left out, because they belong to other regions: ${left.join(', ')}`];
  const thresholds = scenario.thresholds.filter(({ tags }) => (tags.region ?? region) === region);
  return { scenario: { ...scenario, system, thresholds, method: scenario.method.filter(isHere) }, notes };
}

function purgesPerWrite({ system }: Pick<Scenario, 'system'>, target: LiveTarget): number {
  const deliver: Deliver = (system.deliver && deliverOf(system.deliver)) ?? target.deliver;
  return deliver.how === 'again' ? 1 + deliver.afterMs.length : 1;
}

function paceFor(scenario: Scenario, target: LiveTarget, { perSecond }: LiveRules): Pace {
  const requestsPerWrite = target.live.origin === undefined ? 0 : 1;
  return paceOf(perSecond, { purgesPerWrite: purgesPerWrite(scenario, target), requestsPerWrite });
}

interface Slowing {
  readonly pace: Pace;
  readonly target: LiveTarget;
  /** Over which the scenario spreads its reads. */
  readonly regions: number;
  /** It can be purged by more than keys. */
  readonly canWiden: boolean;
}

function slowed(scenario: Scenario, { pace, target, regions, canWiden }: Slowing): Noted {
  const { burst, floods, replaces, ...asked } = scenario.workload;
  const canDelete = target.live.origin === undefined || target.live.origin.delete !== undefined;
  const share = { reads: asked.reads / regions, writes: asked.writes, keys: asked.keys };
  const most = {
    reads: Math.min(share.reads, pace.reads),
    writes: Math.min(share.writes, pace.writes),
    keys: Math.min(share.keys, pace.keys),
  };
  const kept = {
    ...(canDelete ? (replaces === undefined ? {} : { replaces }) : { deletes: 0 }),
    ...(canWiden ? {} : { purges: 0 }),
  };
  const workload: Workload = { ...asked, ...most, ...kept };
  const isSlower = most.reads < share.reads || most.writes < share.writes || most.keys < share.keys || burst !== undefined;
  const notes = [
    ...(isSlower ? [`slowed down to the limits of the rails: ${textOf(most)}; the scenario has ${textOf(share)} for a region`] : []),
    ...(canWiden || asked.purges === 0 ? [] : ['left out: purges of the workload, because only keys can be purged']),
    ...(canDelete || (asked.deletes === 0 && replaces === undefined) ? [] : ['left out: deletions, because live.origin has no delete']),
    ...(isSlower && scenario.thresholds.length > 0 ? ['left out: thresholds, because they belong to the load of the scenario'] : []),
  ];
  return {
    scenario: { ...scenario, workload, checks: scenario.checksUnder(workload), thresholds: isSlower ? [] : scenario.thresholds },
    notes,
  };
}

function textOf({ reads, writes, keys }: Pace): string {
  const rounded = (rate: number) => String(Number(rate.toFixed(2)));
  return `${rounded(reads)} reads and ${rounded(writes)} writes a second over ${keys} keys`;
}

/**
 * What was written while nothing could be purged is purged one after another, and each purge waits for a read at most.
 */
function turnMsOf({ method, workload }: Scenario, perSecond: number, purges: number): number {
  const stoppedMs = Math.max(
    0,
    ...method.map(({ fault, forMs = workload.duration }) => (fault === 'latency' || fault === 'bandwidth' ? 0 : forMs)),
  );
  const waiting = Math.ceil((stoppedMs / MS_PER_S) * workload.writes * purges);
  return Math.round((2 + waiting) * MS_PER_S + MS_PER_S / perSecond);
}

function refuseTooMany({ workload, system }: Scenario, target: LiveTarget): void {
  const each = purgesPerWrite({ system }, target) + (target.live.origin === undefined ? 0 : 1);
  const perSecond = workload.reads + workload.writes * each;
  const looks = target.live.origin?.read === undefined ? 0 : 1;
  const fixed = CHECKING + workload.keys * (OF_KEY + looks + 2 * each);
  const wanted = Math.round(fixed + (workload.duration / MS_PER_S) * perSecond);
  if (wanted <= REQUESTS_MAX) return;
  const longest = Math.floor((REQUESTS_MAX - fixed) / perSecond);
  throw new InvalidInput(
    `--target ${target.name}: the run would send about ${wanted} requests, above the ${REQUESTS_MAX} that are allowed; --duration ${longest}s fits, at ${Number(perSecond.toFixed(2))} requests a second`,
  );
}
