/**
 * How stale an answer was, never overstated, and how stale it might be.
 *
 * A read is stale by the time from when the version it returned was superseded (`versions.ts`) until the read began. It
 * might be by the propagation delay of its region (`delays.ts`: a changed delay holds for what is queued, too), plus
 * epsilon: by how much reads exceeded the delay before anything was broken. Where several edges hold entries hot, each
 * may answer so much later what another one has changed.
 *
 * A read labelled stale is measured from the end of the first answer so labelled whose revalidation must have asked the
 * origin after the supersession, and might be stale by one fetch plus epsilon. (Without this a perfect lazy region
 * fails every run.) An answer so labelled before it says nothing: a soft purge marks a current version stale, too. Nor
 * does one that followed such an answer, of whatever version, by less than a fetch: it may have found that revalidation
 * still under way. Nor does one whose revalidation a fault may have made fail: the next read asks for another. It need
 * not have failed, so it may be under way all the same.
 *
 * The time in which faults were seen to stop what is on the path does not count, and slow links widen the bound
 * (`fault-windows.ts`), unless the rule is `strict`.
 */

import type { History } from '../history/history.ts';
import type { FaultRecord } from '../history/records.ts';
import { worldKind } from '../worlds/worlds.ts';
import { cellOf, keyOf } from './answers.ts';
import { Delays } from './delays.ts';
import { type Doubted, doubtOf } from './doubt.ts';
import { FaultWindows, type Path } from './fault-windows.ts';
import { type Interval, overlaps } from './interval.ts';
import { Joined } from './joined.ts';
import { oncePerHistory } from './once.ts';
import { Refusable } from './refusable.ts';
import { type StoodStill, stoodStillOf } from './stood-still.ts';
import { type AnsweredRead, isAnswered, type Known, Versions } from './versions.ts';

const EPSILON_MS_MIN = 150;
/** Above this nothing can be judged by time. */
const EPSILON_MS_MAX = 1_000;
/** A cache of others is not its own measure: what it is late by before anything was broken counts up to here. */
const EPSILON_OF_OTHERS_MS_MAX = 300;

/** Whether the time of faults is subtracted from staleness (`adjusted`) or counts like any other. */
export type StalenessRule = 'adjusted' | 'strict';

/** A read that returned a version after it was superseded. */
export interface StaleRead {
  readonly read: AnsweredRead;
  readonly superseding: Known;
  /** From when its staleness is measured until it began. */
  readonly interval: Interval;
  /** The label by which the faults on its path are told. */
  readonly path: AnsweredRead['status'];
  /** The interval without the time of faults. */
  readonly adjustedMs: number;
  /** How much of that a fault may have been in effect without having been seen. */
  readonly unseenMs: number;
  /** `adjustedMs`, or the whole interval where the rule is `strict`. */
  readonly stalenessMs: number;
  /** The region's delay, or a fetch's deadline for a read labelled stale. */
  readonly allowedMs: number;
}

export interface StalenessOptions {
  readonly history: History;
  readonly rule: StalenessRule;
  /** Where it was measured before. Left out: it is measured in the history. */
  readonly epsilonMs?: number | undefined;
}

export class Staleness {
  readonly epsilonMs: number;
  readonly versions: Versions;
  readonly windows: FaultWindows;
  readonly stood: StoodStill;
  readonly refusable: Refusable;
  /** A fetch of a region that takes longer counts as failed. */
  readonly fetchDeadlineMs: (region: string) => number;
  /**
   * What was asked for again is answered by every edge of the region after so long: one fetch, and what another edge
   * holds hot.
   */
  readonly revalidatedMs: (region: string) => number;
  readonly #history: History;
  readonly #joined: Joined;
  readonly #isStrict: boolean;
  readonly #delays: Delays;

  constructor({ history, rule, epsilonMs }: StalenessOptions) {
    this.#history = history;
    this.#joined = new Joined(history);
    this.versions = new Versions(history);
    this.windows = new FaultWindows(history);
    this.stood = stoodStillOf(history);
    this.refusable = new Refusable(history);
    this.fetchDeadlineMs = (region) => history.boundsOf(region).fetchDeadlineMs;
    this.revalidatedMs = (region) => this.fetchDeadlineMs(region) + (history.boundsOf(region).hotMs ?? 0);
    this.#isStrict = rule === 'strict';
    this.#delays = new Delays(history.of('delay'));
    const { head } = history;
    const isVirtual = head !== undefined && worldKind(head.backend).time === 'virtual';
    this.epsilonMs = epsilonMs ?? (isVirtual ? EPSILON_MS_MIN : this.#measureEpsilon());
  }

  /** For one pass over the reads. */
  ages(): Ages {
    return new Ages(this);
  }

  /** Answered reads in the order in which they began, each with how stale it was. */
  eachAnswer(take: (read: AnsweredRead, stale: StaleRead | undefined) => void): void {
    const ages = this.ages();
    for (const read of this.#history.reads) if (isAnswered(read)) take(read, ages.of(read));
  }

  /**
   * As if labelled fresh: what must be gone after `sinceMs` and the delay, under whatever label. Whoever joined a fetch
   * may have it longer.
   */
  judgeSince(read: AnsweredRead, sinceMs: number): Omit<StaleRead, 'superseding'> {
    const kept = this.judgeKept(read, sinceMs);
    return !this.#isStrict && this.#joined.has(read) ? { ...kept, allowedMs: Number.POSITIVE_INFINITY } : kept;
  }

  /** The same, were the answer one that was kept. */
  judgeKept(read: AnsweredRead, sinceMs: number): Omit<StaleRead, 'superseding'> {
    const interval = { fromMs: sinceMs, toMs: read.startMs };
    const path = { region: read.region, status: 'fresh', label: read.status } as const;
    const slowedMs = this.#isStrict ? 0 : this.windows.slowedMs(path, interval);
    const delayMs = this.#delayMs(path, interval);
    const againMs = this.#isStrict ? 0 : this.#againMs(read, sinceMs + delayMs);
    const { turnMs = 0, hotMs = 0 } = this.#history.boundsOf(read.region);
    return { read, ...this.measure(path, interval), allowedMs: delayMs + slowedMs + againMs + turnMs + hotMs };
  }

  /**
   * Where it is purged once more: what a fetch had brought that was under way at the first purge may stay until then.
   */
  #againMs({ region, cachedMs }: AnsweredRead, purgedMs: number): number {
    const { againMs, fetchDeadlineMs } = this.#history.boundsOf(region);
    if (againMs === undefined || cachedMs === undefined || purgedMs - cachedMs > fetchDeadlineMs) return 0;
    return againMs;
  }

  /** How much of an interval counts on the path of a read. */
  measure(path: Path, interval: Interval): Pick<StaleRead, 'interval' | 'path' | 'adjustedMs' | 'stalenessMs' | 'unseenMs'> {
    const adjustedMs = this.windows.unexcusedMs(path, interval);
    const of = { interval, path: path.status, adjustedMs };
    if (this.#isStrict) return { ...of, stalenessMs: interval.toMs - interval.fromMs, unseenMs: 0 };
    return { ...of, stalenessMs: adjustedMs, unseenMs: this.windows.unseenMs(path, interval) };
  }

  /** By how much it is above its bound; not positive within it. */
  excessMs({ stalenessMs, allowedMs }: Pick<StaleRead, 'stalenessMs' | 'allowedMs'>): number {
    return stalenessMs - allowedMs - this.epsilonMs;
  }

  /** Why what is above its bound proves nothing, in words; undefined: nothing but the region explains it. */
  doubtOf(found: Pick<StaleRead, 'read' | 'interval' | 'path' | 'stalenessMs' | 'allowedMs' | 'unseenMs'>): string | undefined {
    const { interval, path, unseenMs } = found;
    const { region } = found.read;
    const excessMs = this.excessMs(found);
    if (unseenMs > 0 && excessMs <= unseenMs) return `while an unseen fault may have been in effect for ${Math.round(unseenMs)} ms`;
    // What a fault excuses is not excused once more by a machine that stood still then.
    const during = this.#isStrict ? [interval] : this.windows.unexcused({ region, status: path }, interval);
    return this.doubtAbout({ region, during, excessMs });
  }

  /** The same of anything that came too late. */
  doubtAbout(doubted: Omit<Doubted, 'ordinaryMs'>): string | undefined {
    return doubtOf(this.stood, { ...doubted, ordinaryMs: this.epsilonMs });
  }

  /** Whether what an answer labelled stale asked for may have failed by a fault. */
  isDisturbed({ region, startMs, endMs }: AnsweredRead): boolean {
    if (this.#isStrict) return false;
    const fetch = { fromMs: startMs, toMs: endMs + this.fetchDeadlineMs(region) };
    return this.windows.touching(region).some((window) => overlaps(window, fetch));
  }

  couldBeOld(read: AnsweredRead): boolean {
    return this.versions.couldBeOld(read);
  }

  faultsDuring({ interval }: Pick<StaleRead, 'interval'>): readonly FaultRecord[] {
    return this.windows.during(interval);
  }

  /** Why there can be no verdict whatever was found; `judged` names what a check has looked at, and how many. */
  whyNone(judged: number, named: string): string | undefined {
    const { writes, answers } = this.versions;
    if (judged === 0) return `nothing to judge: 0 of ${answers} answered reads ${named} (${writes} acknowledged writes)`;
    if (this.epsilonMs <= EPSILON_MS_MAX) return undefined;
    return `the machine is too slow to judge by time, or the system is late without any fault: before anything was broken, reads exceeded their delay by ${Math.round(this.epsilonMs)} ms, above ${EPSILON_MS_MAX} ms`;
  }

  /** The reason in words why a read is an anomaly, in ms. */
  because(stale: StaleRead): string {
    return this.becauseSince(stale, stale.read.status === 'stale' ? 'first labelled stale' : 'superseded');
  }

  /** `since`: what happened where its interval begins. */
  becauseSince(stale: Pick<StaleRead, 'interval' | 'stalenessMs' | 'allowedMs'>, since: string): string {
    const { interval, stalenessMs, allowedMs } = stale;
    const agoMs = interval.toMs - interval.fromMs;
    const outside = stalenessMs < agoMs ? ` (${Math.round(stalenessMs)} ms outside faults)` : '';
    const isFetch = since === 'first labelled stale';
    const allowed = `${isFetch ? 'one fetch of' : 'a delay of'} ${Math.round(allowedMs)} ms and an epsilon of ${Math.round(this.epsilonMs)} ms are allowed`;
    const faults = this.faultsDuring(stale).map(({ fault, target }) => `${fault} ${target.text}`);
    const then = faults.length === 0 ? '' : `; faults in that time: ${faults.join(', ')}`;
    return `${since} ${Math.round(agoMs)} ms before the read${outside}, where ${allowed}${then}`;
  }

  #measureEpsilon(): number {
    let epsilonMs = EPSILON_MS_MIN;
    this.eachAnswer(({ phase, region }, stale) => {
      if (stale === undefined || (phase !== 'warmup' && phase !== 'steady')) return;
      const isOurs = this.#history.boundsOf(region).joins !== true;
      const lateMs = stale.stalenessMs - stale.allowedMs;
      epsilonMs = Math.max(epsilonMs, isOurs ? lateMs : Math.min(lateMs, EPSILON_OF_OTHERS_MS_MAX));
    });
    return epsilonMs;
  }

  /** The largest delay in force at any moment of the interval. */
  delayMsMax(region: string, interval: Interval): number {
    return this.#delays.maxMs(region, interval);
  }

  /**
   * How long after the interval's begin what was sent then falls due, by the delays in force since: one that was
   * lowered holds for what waits, too. Where a fault may have held it back on its way nobody knows when it came: then
   * the largest of them counts.
   */
  #delayMs(path: Path, interval: Interval): number {
    const { toMs, fromMs } = interval;
    const isHeldUp = this.windows.unexcusedMs(path, interval) - this.windows.unseenMs(path, interval) < toMs - fromMs;
    if (isHeldUp || this.windows.slowedMs(path, interval) > 0) return this.#delays.maxMs(path.region, interval);
    return this.#delays.dueAfterMs(path.region, interval, this.epsilonMs);
  }
}

const BY_RULE = {
  adjusted: oncePerHistory((history) => new Staleness({ history, rule: 'adjusted' })),
  strict: oncePerHistory((history) => new Staleness({ history, rule: 'strict' })),
} as const;

export function stalenessOf(history: History, rule: StalenessRule): Staleness {
  return BY_RULE[rule](history);
}

/** How stale each read was that is shown it, one after another in the order in which they began. */
export class Ages {
  readonly #staleness: Staleness;
  /** By version of a key in a region: the end of the answer from which those labelled stale are measured. */
  readonly #labelledMs = new Map<string, number>();
  /**
   * By the same: until when the fetch lasts that the first of them began, where a purge may refuse what that brings.
   */
  readonly #refusedMs = new Map<string, number>();
  /** By key in a region: those labelled stale whose revalidation may be under way. */
  readonly #underWay = new Map<string, readonly AnsweredRead[]>();

  constructor(staleness: Staleness) {
    this.#staleness = staleness;
  }

  /** undefined: what it returned was not known to be superseded when it began. */
  of(read: AnsweredRead): StaleRead | undefined {
    const superseding = this.#staleness.versions.supersededBefore(read);
    if (read.status === 'stale') this.#note(read, superseding);
    if (superseding === undefined) return undefined;
    if (read.status !== 'stale') return { ...this.#staleness.judgeSince(read, superseding.atMs), superseding };
    const fromMs = Math.min(read.startMs, this.#labelledMs.get(cellOf(read)) ?? read.startMs);
    const measured = this.#staleness.measure(read, { fromMs, toMs: read.startMs });
    return { read, superseding, ...measured, allowedMs: this.#staleness.revalidatedMs(read.region) };
  }

  #note(read: AnsweredRead, superseding: Known | undefined): void {
    const fetchMs = this.#staleness.fetchDeadlineMs(read.region);
    const underWay = (this.#underWay.get(keyOf(read)) ?? []).filter(({ endMs }) => endMs + fetchMs > read.startMs);
    this.#underWay.set(keyOf(read), [...underWay, read]);
    if (superseding === undefined || underWay.some(({ startMs }) => startMs <= superseding.atMs)) return;
    if (this.#staleness.isDisturbed(read)) return;
    const cell = cellOf(read);
    if (this.#isFirstRefusable(read, fetchMs)) return;
    this.#labelledMs.set(cell, Math.min(read.endMs, this.#labelledMs.get(cell) ?? read.endMs));
  }

  /** One fetch may be refused by a purge; that the next one is, too, nothing explains. */
  #isFirstRefusable(read: AnsweredRead, fetchMs: number): boolean {
    const cell = cellOf(read);
    const untilMs = read.endMs + fetchMs;
    if (!this.#staleness.refusable.may(read, untilMs)) return false;
    const first = this.#refusedMs.get(cell);
    if (first === undefined) this.#refusedMs.set(cell, untilMs);
    return first === undefined || read.startMs < first;
  }
}
