/**
 * What a seed of `sim` runs: a scenario drawn from it. Swarm mixes: each leaves some faults out entirely and weights
 * the others differently, for a mix of everything hides what only a few do together. Faults and the calm between them
 * last at least a moment each, so that both show. After the load everything is healed and must converge: safety first,
 * then liveness.
 */
import { createRandom, pick, type Random } from '../../services/runtime/random.ts';
import type { CheckName } from '../checks/checks.ts';
import { InvalidInput } from '../errors.ts';
import type { PlannedFault } from '../faults/drawn-schedule.ts';
import type { FaultDraw } from '../faults/fault.ts';
import { FAULTS } from '../faults/faults.ts';
import { checksFor, type Scenario, type Workload } from '../scenarios/scenario.ts';
import { SIMULATED } from '../worlds/worlds.ts';
import { drawFarOrigin, drawMs } from './draw-parts.ts';
import { drawCoincidence } from './swarm-coincidences.ts';
import { drawHot } from './swarm-hot.ts';
import { drawMemberFaults, drawMembers } from './swarm-members.ts';
import { drawProtection, drawSystem } from './swarm-system.ts';

export interface SwarmOptions {
  readonly seed: number;
  /** Their names, as in the topology. */
  readonly regions: readonly string[];
  /** Left out: drawn. */
  readonly keys?: number | undefined;
  readonly durationMs: number;
  /** How many edges each region has, where clocks are one. Left out: drawn. */
  readonly members?: number | undefined;
  /** Each service is given a clock of its own, whatever is drawn: then there is one edge to a region. */
  readonly areClocksApart?: boolean;
}

const DELAYS_MS = [0, 0, 50, 100, 300, 600] as const;
const AS_IT_IS = 0;
/** So short that marks are dropped while the load lasts. */
const LIFETIMES_MS = [AS_IT_IS, AS_IT_IS, AS_IT_IS, 1_000, 3_000, 8_000] as const;
/** So few that marks of keys that are still written are dropped while an entry and a fetch need them. */
const MARKS = [1, 2, 5] as const;
const FORGETS_ONE_IN = 8;
const READS_PER_S = [5, 6, 8, 20] as const;
const WRITES_PER_S = [0.2, 0.5, 1, 2, 3, 5, 20] as const;
/** Few keys: what two readers of one key do to each other. Many: what a cache does that holds them all. */
const KEYS = [1, 2, 5, 5, 20, 20, 100] as const;
const BURSTS = [1, 1, 1, 5, 20] as const;
/** Of what most workloads have none of. */
const RARE_SHARES = [0, 0, 0.05, 0.2] as const;
const FLOOD_SHARES = [0, 0, 0, 0, 0, 0, 0.1] as const;
const SKEWS = [0, 0.9, 1.5, 2, 3] as const;
const SHARES = [0, 0.05, 0.1, 0.2] as const;
/** One kind of faults in so many is in a mix. */
const KINDS_ONE_IN = [1, 2, 4, 8] as const;
const SETTLE_MS = 15_000;
/** A cut that shows it: from when on, and by how much longer it is than the lease. */
const CUT_FROM_MS = 3_000;
const CUT_LONGER_MS = { from: 2_000, to: 12_000 } as const;
const LANES_MAX = 3;
const DRAWS = [...FAULTS.values()].flatMap(({ draws }) => draws);
const FAULT_MS = { from: 500, to: 8_000 } as const;
/**
 * One seed in so many is crowded: a key or two that many read, origins that are all far away, and faults so short that
 * a fetch which began before one ends after it.
 */
const CROWDED_ONE_IN = 8;
const CROWDED = { reads: 60, keys: [1, 1, 2], faultMs: { from: 20, to: 500 } } as const;
/**
 * One crowded seed in so many: a content is updated more often than a fetch takes, in lazy regions, and nothing else
 * happens to it.
 */
const OUTPACED_ONE_IN = 3;
const OUTPACED = { keys: 1, writes: 10, creates: 0, deletes: 0, purges: 0, replaces: 0, floods: 0, burst: 1 } as const;
const CALM_MS = { from: 1_000, to: 8_000 } as const;
/** Verified gone by then, unless something else keeps it from being seen. */
const HEAL_SEEN_MS = 4_000;
const MS_PER_S = 1000;

/**
 * Of three that are expected a seed has none once in twenty (Poisson): a check that has nothing to judge is no
 * evidence.
 */
const EXPECTED_MIN = 3;

export function drawScenario({ seed, regions, keys, durationMs, members, areClocksApart = false }: SwarmOptions): Scenario {
  const random = createRandom(seed).fork('swarm');
  const [settings, lifetimes, remembered] = [random.fork('settings'), random.fork('lifetimes'), random.fork('memory')];
  const forgetful = remembered.below(FORGETS_ONE_IN) === 0 ? pick(remembered, regions) : undefined;
  const isCrowded = random.fork('crowd').below(CROWDED_ONE_IN) === 0;
  const isOutpaced = isCrowded && random.fork('outpaced').below(OUTPACED_ONE_IN) === 0;
  const system = drawSystem(random, isCrowded);
  // Clocks that differ may differ by more than the skew: then there is nothing to judge a lease by.
  const edges = drawMembers(random.fork('members'), {
    regions,
    forced: members,
    areClocksOne: system.clocks === undefined && !areClocksApart,
  });
  const hot = drawHot(random.fork('hot'), regions, edges);
  const coincidence = isCrowded ? undefined : drawCoincidence(random.fork('coincidence'), regions, durationMs);
  const drawnMethod = drawMethod({ random: random.fork('faults'), regions, durationMs, isCrowded, leaseMs: system.lease });
  const method = coincidence?.method ?? drawnMethod;
  const judgedLeaseMs = system.clocks === undefined ? system.lease : undefined;
  const checksUnder = (under: Workload): readonly CheckName[] => checksFor(under, { expectedMin: EXPECTED_MIN, leaseMs: judgedLeaseMs });
  const drawn = drawWorkload(random.fork('load'), { keys, durationMs, isCrowded });
  const special = isOutpaced ? OUTPACED : coincidence?.workload;
  const workload = { ...drawn, ...special, keys: keys ?? special?.keys ?? drawn.keys };
  return {
    version: 1,
    id: `seed-${seed}`,
    title: `simulated seed ${seed}`,
    description: '',
    tags: [SIMULATED],
    seed,
    system: {
      ...system,
      ...drawProtection(random),
      regions: Object.fromEntries(
        regions.map((region) => {
          const drawnOwn = { delay: pick(settings, DELAYS_MS), strategy: pick(settings, ['eager', 'lazy'] as const) };
          const own = isOutpaced ? { ...drawnOwn, strategy: 'lazy' as const } : drawnOwn;
          const lifetime = pick(lifetimes, LIFETIMES_MS);
          const marks = region === forgetful ? { marks: pick(remembered, MARKS) } : {};
          const several = edges.get(region);
          const shared = several === undefined ? {} : { members: several };
          return [region, { ...own, ...(lifetime === AS_IT_IS ? {} : { lifetime }), ...marks, ...shared, hot: hot.get(region) }];
        }),
      ),
    },
    workload,
    hypothesis: undefined,
    thresholds: [],
    method: edges.size === 0 ? method : drawMemberFaults(random.fork('member faults'), method, edges),
    settle: SETTLE_MS,
    checks: checksUnder(workload),
    checksUnder,
    staleness: 'adjusted',
    refuse: (problems) => new InvalidInput(`seed ${seed}: ${problems.map(({ message }) => message).join(', ')}`),
  };
}

interface WorkloadOptions {
  readonly keys: number | undefined;
  readonly durationMs: number;
  readonly isCrowded: boolean;
}

function drawWorkload(random: Random, { keys, durationMs, isCrowded }: WorkloadOptions): Workload {
  const drawnKeys = pick(random, isCrowded ? CROWDED.keys : KEYS);
  const reads = pick(random, READS_PER_S);
  return {
    duration: durationMs,
    reads: isCrowded ? CROWDED.reads : reads,
    writes: pick(random, WRITES_PER_S),
    keys: keys ?? drawnKeys,
    skew: pick(random, SKEWS),
    creates: pick(random, SHARES),
    deletes: pick(random, SHARES),
    purges: pick(random, SHARES),
    replaces: pick(random, RARE_SHARES),
    retags: pick(random, RARE_SHARES),
    ahead: pick(random, RARE_SHARES),
    floods: pick(random, FLOOD_SHARES),
    burst: pick(random, BURSTS),
  };
}

interface MethodOptions {
  readonly random: Random;
  readonly regions: readonly string[];
  readonly durationMs: number;
  readonly isCrowded: boolean;
  readonly leaseMs: number | undefined;
}

interface Weighted {
  readonly draw: FaultDraw;
  readonly weight: number;
}

/** The kinds of this seed's mix; there may be none. */
function drawMix(random: Random): readonly Weighted[] {
  const oneIn = pick(random, KINDS_ONE_IN);
  return DRAWS.filter(() => random.below(oneIn) === 0).map((draw) => ({ draw, weight: 1 + random.below(5) }));
}

function drawKind(random: Random, mix: readonly Weighted[]): FaultDraw | undefined {
  let left = random.below(mix.reduce((sum, { weight }) => sum + weight, 0));
  return mix.find(({ weight }) => {
    left -= weight;
    return left < 0;
  })?.draw;
}

/** Of every region on its own whether its origin is far; of all: every one. */
function drawFar(random: Random, regions: readonly string[], ofAll: boolean): PlannedFault[] {
  return regions.filter(() => random.below(2) === 0 || ofAll).map((region) => drawFarOrigin(random, region));
}

/** A region is cut off from the log for longer than its lease. */
function drawCut(
  random: Random,
  regions: readonly string[],
  { durationMs, leaseMs }: Required<Pick<MethodOptions, 'durationMs' | 'leaseMs'>>,
): PlannedFault[] {
  if (!leaseMs || durationMs < CUT_FROM_MS + leaseMs + CUT_LONGER_MS.to) return [];
  const forMs = leaseMs + drawMs(random, CUT_LONGER_MS);
  const atMs = drawMs(random, { from: CUT_FROM_MS, to: durationMs - forMs });
  return [{ atMs, fault: 'partition', target: `edge:${pick(random, regions)}<->kafka`, parameters: {}, forMs }];
}

/** Lanes side by side, in each fault and calm by turns. */
function drawMethod({ random, regions, durationMs, isCrowded, leaseMs }: MethodOptions): readonly PlannedFault[] {
  const mix = drawMix(random);
  const faultMs = isCrowded ? CROWDED.faultMs : FAULT_MS;
  const places = new Places();
  const far = drawFar(random.fork('far'), regions, isCrowded);
  const faults: PlannedFault[] = [...far, ...drawCut(random.fork('lease'), regions, { durationMs, leaseMs })];
  for (const { fault, target } of faults) places.hold(fault, target);
  const lanes = 1 + random.below(LANES_MAX);
  for (let lane = 0; lane < lanes && mix.length > 0; lane += 1) {
    for (let atMs = drawMs(random, CALM_MS); atMs < durationMs - MS_PER_S; ) {
      const forMs = Math.min(drawMs(random, faultMs), durationMs - atMs);
      const fault = drawKind(random, mix)?.(random, regions);
      if (fault !== undefined && places.take(fault, { atMs, untilMs: atMs + forMs })) {
        const { lasts, fault: name, target, parameters } = fault;
        faults.push({ atMs, fault: name, target, parameters, forMs: lasts ? forMs : undefined });
      }
      atMs += forMs + drawMs(random, CALM_MS);
    }
  }
  return faults.sort((one, other) => one.atMs - other.atMs);
}

/**
 * Which place a fault may hold: the same one not again before it must be gone, two of one region's nodes not together.
 * Faults of one link may overlap, in whatever directions: each has evidence of its own.
 */
class Places {
  readonly #taken: { readonly place: string; readonly fromMs: number; readonly untilMs: number }[] = [];

  /** From the start to the end. */
  hold(fault: string, target: string): void {
    this.#taken.push({ place: `${fault} ${target}`, fromMs: 0, untilMs: Number.POSITIVE_INFINITY });
  }

  take({ fault, target, region }: ReturnType<FaultDraw>, { atMs, untilMs }: { readonly atMs: number; readonly untilMs: number }): boolean {
    const wanted = [
      { place: `${fault} ${target}`, fromMs: atMs, untilMs: untilMs + HEAL_SEEN_MS },
      { place: `node ${target}`, fromMs: atMs, untilMs: untilMs + HEAL_SEEN_MS },
      ...(region === undefined ? [] : [{ place: `region ${region}`, fromMs: atMs, untilMs: untilMs + HEAL_SEEN_MS }]),
    ];
    const isFree = wanted.every(({ place, fromMs, untilMs: toMs }) =>
      this.#taken.every((taken) => taken.place !== place || taken.untilMs <= fromMs || toMs <= taken.fromMs),
    );
    if (isFree) this.#taken.push(...wanted);
    return isFree;
  }
}
