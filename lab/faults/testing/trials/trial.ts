/**
 * What a seed tries: faults at random places that overlap, on a world whose acts take up to six seconds and may fail,
 * with an end at a random moment. A `run` is a scenario with its load, stopped or not; a `session` is somebody at the
 * terminal.
 */

import { createRandom, pick, type Random } from '../../../../services/runtime/random.ts';
import { isEverywhere, nodeName, targetLinks } from '../../../system/parts.ts';
import { linkKindIn } from '../../../system/target.ts';
import { type Backend, worldsWith } from '../../../worlds/worlds.ts';
import { drawSchedule, type PlannedFault } from '../../drawn-schedule.ts';
import type { Fault } from '../../fault.ts';
import { FAULTS } from '../../faults.ts';
import { initialParameters } from '../../parameters.ts';
import type { Temper } from './unsteady.ts';

export interface FaultTrial {
  readonly seed: number;
  readonly kind: 'run' | 'session';
  /** Of the load, or until the terminal is closed. */
  readonly durationMs: number;
  readonly method: readonly PlannedFault[];
  /** Of a run: when it is aborted, from its start. */
  readonly abortMs: number | undefined;
  /** Of a session: when everything is healed; where two are the same, twice at once. */
  readonly healAllMs: readonly number[];
  readonly temper: Temper;
}

export interface TrialOptions {
  readonly seed: number;
  readonly backend: Backend;
  readonly regions: readonly string[];
}

const DURATION_MS = { from: 6_000, to: 16_000 } as const;
const FAULTS_MAX = 8;
const FOR_MS_MAX = 7_000;
/** One in so many. */
const SESSION_IN = 3;
const ABORTED_IN = 3;
const FAILING_IN = 2;
const STUCK_IN = 12;
const AGAIN_IN = 3;
const ARROWS = ['<->', '->', '<-'] as const;
const WORDS = ['one', 'majority', '*'] as const;
/** Of faults with several worth drawing. The others have those of their form. */
const PARAMETERS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  latency: [{ latency: '50ms' }, { latency: '400ms', jitter: '100ms' }],
  bandwidth: [{ rate: '5' }, { rate: '50' }],
  'propagation-delay': [{ delay: '0ms' }, { delay: '2s' }],
  strategy: [{ strategy: 'eager' }, { strategy: 'lazy' }],
};

export function drawTrial({ seed, backend, regions }: TrialOptions): FaultTrial {
  const random = createRandom(seed).fork('trial');
  const kind = random.below(SESSION_IN) === 0 ? 'session' : 'run';
  const durationMs = between(random, DURATION_MS);
  const written = drawMethod(random.fork('method'), { backend, regions, durationMs });
  return {
    seed,
    kind,
    durationMs,
    method: kind === 'run' ? withoutProblems(written, regions, seed) : written,
    abortMs: random.below(ABORTED_IN) === 0 ? random.below(2 * durationMs) : undefined,
    healAllMs: drawHeals(random.fork('heals'), durationMs),
    temper: drawTemper(random.fork('temper'), backend),
  };
}

function between(random: Random, { from, to }: { readonly from: number; readonly to: number }): number {
  return from + random.below(to - from);
}

type MethodOptions = Omit<TrialOptions, 'seed'> & Pick<FaultTrial, 'durationMs'>;

function drawMethod(random: Random, { backend, regions, durationMs }: MethodOptions): readonly PlannedFault[] {
  const faults = [...FAULTS.values()].filter((fault) => worldsWith(fault).includes(backend));
  const drawn: PlannedFault[] = [];
  const count = 1 + random.below(FAULTS_MAX);
  for (let at = 0; at < count; at += 1) {
    const fault = pick(random, faults);
    const places = drawn.map(({ target }) => target).filter((target) => isLinkOf(fault, target));
    const isAgain = places.length > 0 && fault.targets.includes('link') && random.below(AGAIN_IN) === 0;
    drawn.push({
      atMs: random.below(durationMs),
      fault: fault.name,
      // Another arrow on a link that a fault is on already: what overlaps there is what this is about.
      target: isAgain ? pick(random, places).replace(/<->|->|<-/, pick(random, ARROWS)) : drawTarget(random, fault, regions),
      parameters: pick(random, PARAMETERS[fault.name] ?? [initialParameters(fault)]),
      forMs: fault.lasts && random.below(3) > 0 ? random.below(FOR_MS_MAX) : undefined,
    });
  }
  return drawn;
}

function isLinkOf({ links }: Fault, target: string): boolean {
  const kind = linkKindIn(target);
  return kind !== undefined && (links ?? [kind]).includes(kind);
}

function drawTarget(random: Random, { targets, links }: Fault, regions: readonly string[]): string {
  const kind = pick(
    random,
    targets.filter((one) => one === 'link' || isEverywhere(one)),
  );
  const region = random.below(3) === 0 ? pick(random, WORDS) : pick(random, regions);
  if (kind !== 'link') return nodeName(kind, region);
  const { caller, callee } = pick(
    random,
    targetLinks(links).filter(({ isOfTargets }) => isOfTargets !== true),
  );
  const ends = [nodeName(caller, region), nodeName(callee, region)] as const;
  const [left, right] = random.below(2) === 0 ? ends : [ends[1], ends[0]];
  return `${left}${pick(random, ARROWS)}${right}`;
}

/** A run refuses those that exclude each other before it starts. */
function withoutProblems(written: readonly PlannedFault[], regions: readonly string[], seed: number): readonly PlannedFault[] {
  for (let method = written; ; ) {
    const [problem] = drawSchedule({ method, regions, seed }).problems;
    if (problem === undefined) return method;
    method = method.filter((_one, at) => at !== problem.at);
  }
}

function drawHeals(random: Random, durationMs: number): readonly number[] {
  const moments = Array.from({ length: random.below(4) }, () => random.below(durationMs));
  return moments.flatMap((atMs) => (random.below(2) === 0 ? [atMs] : [atMs, atMs]));
}

/** In Docker what is stuck is undone by the journal as the world closes: nothing to tell apart. */
function drawTemper(random: Random, backend: Backend): Temper {
  const isFailing = random.below(FAILING_IN) === 0;
  const isStuck = backend !== 'docker' && random.below(STUCK_IN) === 0;
  return {
    slowIn: 1 + random.below(4),
    failsIn: isFailing ? 3 + random.below(6) : undefined,
    undoFailsIn: random.below(2) === 0 ? 2 + random.below(3) : undefined,
    stuck: isStuck ? pick(random, ['repair', 'resume', 'start'] as const) : undefined,
  };
}
