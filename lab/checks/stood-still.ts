/**
 * For how long the machine kept lab and services from doing what was due: what makes a verdict by time unknown instead
 * of fail.
 *
 * The evidence is measured, and has its time. A process looks every 25 ms and tells how late it was
 * (`services/runtime/lateness.ts`): the lab and its load generator their own, the embedded services theirs, containers
 * in `/metrics`. Nothing of their business goes on meanwhile, whatever the cause. On Linux the scheduler also counts
 * how long each of them was ready to run while no processor was free, to the microsecond, also what is too short for a
 * look to meet. How many tasks of the whole machine wait (`/proc/pressure/cpu`) is written down beside it and excuses
 * nothing: with four busy programs on two cores some task waits all the time, though those that are judged hardly do.
 *
 * What it excuses is bounded. An event goes from process to process, so at each moment one of them holds it: of several
 * that were late at the same moment the latest counts, not their sum. What waited in a stall is served after it, so a
 * stall counts for once more its length after its end; a wait for the processor is counted where it was and needs no
 * such time. A region is excused by itself, the origin and the lab, not by another region's edge; and no node by a
 * pause that the lab itself made.
 */
import { factsOf } from '../faults/faults.ts';
import type { History } from '../history/history.ts';
import { firstIndex } from '../history/ordered.ts';
import type { FaultRecord, Pressure, Stall } from '../history/records.ts';
import { type Interval, overlaps } from './interval.ts';
import { type Piece, Profile } from './profile.ts';

/** A paused node runs on a moment after it is let go, and stood a moment before that was told. */
const PAUSE_MARGIN_MS = 1_000;

export interface StandingStill {
  readonly stalls: readonly Stall[];
  readonly pressures: readonly Pressure[];
  readonly faults: readonly FaultRecord[];
}

/** What a history has of it so far. */
export function stoodStillOf(history: Pick<History, 'faults' | 'of'>): StoodStill {
  return new StoodStill({ stalls: history.of('stall'), pressures: history.of('pressure'), faults: history.faults });
}

/** What one process told, in order: spells of one process do not overlap. */
interface Reported extends Interval {
  readonly lateMs: number;
}

interface OfRegion {
  /** By process, and by kind of evidence. */
  readonly reported: readonly Sums[];
  readonly explained: Profile;
}

export class StoodStill {
  readonly #evidence: StandingStill;
  readonly #isEmpty: boolean;
  readonly #byRegion = new Map<string | undefined, OfRegion>();

  constructor(evidence: StandingStill) {
    this.#evidence = evidence;
    this.#isEmpty = evidence.stalls.length === 0 && evidence.pressures.length === 0;
  }

  /**
   * By how much a process on the way was late, the one that was most: all of each stall that touches the interval.
   * `region` undefined: no edge is on the way.
   */
  lateMs(region: string | undefined, interval: Interval): number {
    if (this.#isEmpty) return 0;
    return Math.max(0, ...this.#of(region).reported.map((sums) => sums.touching(interval)));
  }

  /**
   * How much later than on a machine of its own something may have come that had this interval to come in; never more
   * than its length.
   */
  explainsMs(region: string | undefined, interval: Interval): number {
    return this.#isEmpty ? 0 : this.#of(region).explained.over(interval);
  }

  #of(region: string | undefined): OfRegion {
    const known = this.#byRegion.get(region);
    if (known !== undefined) return known;
    const stalls = Map.groupBy(this.#stalls(region), ({ of = 'lab' }) => of);
    const waits = Map.groupBy(
      this.#evidence.pressures.filter(({ of }) => isOnTheWay(of, region)),
      ({ of }) => of,
    );
    const late = [...stalls.values()].map((reported) => reported.map(spellOf).sort(byStart));
    const waited = [...waits.values()].map((reported) => reported.map(waitOf).sort(byStart));
    const pieces = [...late.map((reported) => reported.flatMap(withWake)), ...waited.map((reported) => reported.flatMap(pieceOf))];
    const made = { reported: [...late, ...waited].map((reported) => new Sums(reported)), explained: Profile.ofHighest(pieces) };
    this.#byRegion.set(region, made);
    return made;
  }

  #stalls(region: string | undefined): readonly Stall[] {
    const pauses = this.#evidence.faults.filter((fault) => factsOf(fault).freezes);
    return this.#evidence.stalls.filter((stall) => isOnTheWay(stall.of, region) && !pauses.some((pause) => isMadeBy(pause, stall)));
  }
}

function isOnTheWay(of: string | undefined, region: string | undefined): boolean {
  return of === undefined || !of.startsWith('edge:') || of === `edge:${region}`;
}

function isMadeBy({ target, injectedMs, healedMs }: FaultRecord, stall: Stall): boolean {
  if (target.text !== stall.of) return false;
  const paused = { fromMs: injectedMs - PAUSE_MARGIN_MS, toMs: (healedMs ?? Number.POSITIVE_INFINITY) + PAUSE_MARGIN_MS };
  return overlaps(paused, spellOf(stall));
}

function spellOf({ dueMs, lateMs, overMs = lateMs }: Stall): Reported {
  return { fromMs: dueMs, toMs: dueMs + Math.max(overMs, lateMs), lateMs };
}

function waitOf({ atMs, overMs, waitedMs }: Pressure): Reported {
  return { fromMs: atMs - overMs, toMs: atMs, lateMs: Math.min(waitedMs, overMs) };
}

function byStart(one: Reported, other: Reported): number {
  return one.fromMs - other.fromMs;
}

function pieceOf({ fromMs, toMs, lateMs }: Reported): readonly Piece[] {
  return toMs > fromMs ? [{ fromMs, toMs, share: lateMs / (toMs - fromMs) }] : [];
}

function withWake(reported: Reported): readonly Piece[] {
  return pieceOf(reported).flatMap((piece) => [piece, { ...piece, fromMs: piece.toMs, toMs: 2 * piece.toMs - piece.fromMs }]);
}

/** Sums over what touches an interval. */
class Sums {
  readonly #reported: readonly Reported[];
  /** At each place the sum of all before it. */
  readonly #before: readonly number[];

  constructor(reported: readonly Reported[]) {
    this.#reported = reported;
    const before = [0];
    for (const { lateMs } of reported) before.push((before.at(-1) ?? 0) + lateMs);
    this.#before = before;
  }

  touching({ fromMs, toMs }: Interval): number {
    const first = firstIndex(this.#reported.length, (at) => (this.#reported[at]?.toMs ?? 0) > fromMs);
    const end = firstIndex(this.#reported.length, (at) => (this.#reported[at]?.fromMs ?? 0) >= toMs);
    return Math.max(0, (this.#before[end] ?? 0) - (this.#before[first] ?? 0));
  }
}
