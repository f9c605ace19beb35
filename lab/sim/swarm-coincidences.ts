/**
 * Faults that belong together, drawn on purpose: what some bugs need happens by chance once in thousands of seeds. A
 * seed with a coincidence has it again and again, at moments of chance, under a load that shows it, and no other faults
 * but origins that are far away.
 */
import { pick, type Random } from '../../services/runtime/random.ts';
import type { PlannedFault } from '../faults/drawn-schedule.ts';
import type { Workload } from '../scenarios/scenario.ts';
import { drawFarOrigin, drawMs, type Span } from './draw-parts.ts';

export interface Coincidence {
  readonly method: readonly PlannedFault[];
  readonly workload: Partial<Workload>;
}

/** One of the faults that belong together. */
interface Part {
  readonly fault: string;
  readonly target: (region: string) => string;
  /** How long after the first of them it begins, ms. */
  readonly afterMs: Span;
  /** For how long it lasts, ms. Left out: it is over when it has acted. */
  readonly forMs?: Span;
}

interface Kind {
  readonly parts: readonly Part[];
  /** From one time to the next, ms: of each region on its own, or of all of them together. */
  readonly everyMs: Span;
  readonly isRegional: boolean;
  readonly workload: Partial<Workload>;
}

const cacheOf = (region: string) => `redis:${region}`;
const log = () => 'kafka';

/** Batches of many keys. */
const BATCHES = { keys: 20, reads: 60, writes: 20, creates: 0, deletes: 0, purges: 0.05, replaces: 0, floods: 0, burst: 20 } as const;
/** Few writes: so few that one which was passed over is not mended by the next. */
const FEW_WRITES = { keys: 20, reads: 60, writes: 2, creates: 0, deletes: 0, purges: 0.1, replaces: 0, floods: 0, burst: 1 } as const;

const AT_ONCE = { from: 0, to: 0 } as const;

const KINDS: readonly Kind[] = [
  // What a cache that begins anew would read again is not in the log any more.
  {
    parts: [
      { fault: 'truncate-log', target: log, afterMs: AT_ONCE },
      { fault: 'restart', target: cacheOf, afterMs: { from: 10, to: 400 } },
    ],
    everyMs: { from: 5_000, to: 8_000 },
    isRegional: false,
    workload: FEW_WRITES,
  },
  // Steps of a batch are lost, and nothing else makes the edge look.
  {
    parts: [{ fault: 'torn-batch', target: cacheOf, afterMs: AT_ONCE, forMs: { from: 100, to: 1_500 } }],
    everyMs: { from: 6_000, to: 9_000 },
    isRegional: true,
    workload: BATCHES,
  },
  // What is acknowledged waits for a log that is away, and the one that would send it ends.
  {
    parts: [
      { fault: 'partition', target: () => 'origin<->kafka', afterMs: AT_ONCE, forMs: { from: 2_000, to: 4_000 } },
      { fault: 'kill', target: () => 'origin', afterMs: { from: 500, to: 1_500 }, forMs: { from: 100, to: 1_000 } },
    ],
    everyMs: { from: 9_000, to: 12_000 },
    isRegional: false,
    workload: FEW_WRITES,
  },
];

const COINCIDENCE_ONE_IN = 5;
const FAR_ONE_IN = 2;
const FIRST_MS = 2_000;
/** Before the end of the load, so that it is seen under load. */
const LAST_MS = 3_000;

/** undefined: this seed has none. */
export function drawCoincidence(random: Random, regions: readonly string[], durationMs: number): Coincidence | undefined {
  if (random.below(COINCIDENCE_ONE_IN) > 0) return undefined;
  const kind = pick(random, KINDS);
  const far = regions.filter(() => random.below(FAR_ONE_IN) === 0).map((region) => drawFarOrigin(random, region));
  const groups = kind.isRegional ? regions.map((region) => [region]) : [regions];
  const faults = groups.flatMap((among) => drawTimes(random, kind, among, durationMs));
  return { method: [...far, ...faults].sort((one, other) => one.atMs - other.atMs), workload: kind.workload };
}

/** Time after time, each in one of these regions. */
function drawTimes(random: Random, { parts, everyMs }: Kind, among: readonly string[], durationMs: number): readonly PlannedFault[] {
  const faults: PlannedFault[] = [];
  for (let atMs = FIRST_MS + drawMs(random, everyMs); atMs < durationMs - LAST_MS; atMs += drawMs(random, everyMs)) {
    const region = pick(random, among);
    for (const { fault, target, afterMs, forMs } of parts) {
      const lastsMs = forMs === undefined ? undefined : drawMs(random, forMs);
      faults.push({ atMs: atMs + drawMs(random, afterMs), fault, target: target(region), parameters: {}, forMs: lastsMs });
    }
  }
  return faults;
}
