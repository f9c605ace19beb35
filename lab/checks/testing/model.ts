/**
 * A right system, small enough to be believed, that knows the truth: when each write and purge committed, when each
 * region applied it, and which time the faults excuse (counted ms by ms). It answers reads as the protocol would,
 * sharing fetches, and tells them as a history.
 */
import type { History } from '../../history/history.ts';
import type { ClockReading, DelayChange, FaultRecord, ReadOperation, WriteOperation } from '../../history/records.ts';
import type { AnsweredRead } from '../versions.ts';
import { DELAY_MS, edgeSample, fault, historyOf, origin, purge, REGIONS, read, write } from './history.ts';
import { FETCH_MS_MAX, HORIZON_MS, KEYS, type Key, type Plan, type PlannedRead, type Region, SETTLE_MS } from './model-plans.ts';

interface Commit {
  readonly version: number;
  readonly atMs: number;
  readonly isDelete: boolean;
  readonly by: WriteOperation;
}

/** A purge, where it was applied. */
interface Epoch {
  readonly mode: 'hard' | 'soft';
  readonly appliedMs: number;
}

/** How an entry came into a cache. */
interface Fill {
  readonly version: number;
  readonly begunMs: number;
  readonly storedMs: number;
  /** For a reader who waited, not behind an answer. */
  readonly isMiss: boolean;
}

function within(fromMs: number, toMs: number, share: number): number {
  return fromMs + Math.floor((toMs - fromMs) * share);
}

class Model {
  readonly #plan: Plan;
  readonly #delays: readonly DelayChange[];
  readonly #faults: readonly FaultRecord[];
  /** Of eu-west, up to each ms: how many were not excused. */
  readonly #unexcused: readonly number[];
  readonly #commits = new Map<string, Commit[]>(KEYS.map((name) => [name, []]));
  readonly #applied = new Map<string, number>();
  /** By region and key. */
  readonly #epochs = new Map<string, readonly Epoch[]>();
  /** When each region began to fetch. */
  readonly #fetches = new Map<Region, number[]>(REGIONS.map((where) => [where, []]));
  /** Which write made what a read shows. */
  readonly #shown = new Map<ReadOperation, WriteOperation>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#delays = plan.delays;
    this.#faults = plan.faults.map(({ what: [name, target], fromMs, lastsMs, allowanceMs }) =>
      fault(name, target, { fromMs, toMs: fromMs + lastsMs, allowanceMs }),
    );
    const unexcused = [0];
    for (let ms = 0; ms < HORIZON_MS; ms += 1) unexcused.push((unexcused[ms] ?? 0) + (this.#isExcused(ms) ? 0 : 1));
    this.#unexcused = unexcused;
  }

  #isExcused(ms: number): boolean {
    return this.#plan.faults.some(
      ({ what: [, , excuses], fromMs, lastsMs, allowanceMs }) => excuses && fromMs <= ms && ms < fromMs + lastsMs + allowanceMs,
    );
  }

  history(): History {
    const writes = KEYS.flatMap((name) => this.#write(name));
    const purges = this.#plan.purges.map(({ type, key: name, mode, startMs, takesMs }) =>
      purge(startMs, { type, target: type === 'all' ? '*' : name, mode, endMs: startMs + takesMs }),
    );
    for (const where of REGIONS) for (const name of KEYS) this.#epochs.set(`${where} ${name}`, this.#epochsOf(where, name));
    const reads = KEYS.flatMap((name) => REGIONS.flatMap((where) => this.#read(where, name)));
    const operations = [...writes, ...purges, ...reads].sort((one, other) => one.startMs - other.startMs);
    const ids = new Map(operations.map((operation, at) => [operation, at]));
    const told = operations.map((operation) => {
      const by = operation.kind === 'read' ? this.#shown.get(operation) : undefined;
      return by === undefined ? operation : { ...operation, writer: ids.get(by) };
    });
    const strategies = REGIONS.map(
      (where) => ({ region: where, atMs: 0, strategy: this.#plan.lazy.includes(where) ? 'lazy' : 'eager' }) as const,
    );
    const known = { faults: this.#faults, delays: this.#delays, strategies };
    return historyOf({ operations: told, ...known, held: this.#held(), edgeSamples: this.#samples() });
  }

  /**
   * How stale an answer truly was when it was asked for: since the commit of a later version, and without the time of
   * faults.
   */
  truth({ region: where, key: name, version, startMs }: AnsweredRead): { readonly rawMs: number; readonly adjustedMs: number } {
    const later = (this.#commits.get(name) ?? []).find((commit) => commit.version > version);
    const fromMs = Math.min(startMs, later?.atMs ?? startMs);
    const excusedUntil = (ms: number) => ms - (this.#unexcused[Math.min(ms, HORIZON_MS)] ?? 0) - Math.max(0, ms - HORIZON_MS);
    const excusedMs = where === 'eu-west' ? excusedUntil(startMs) - excusedUntil(fromMs) : 0;
    return { rawMs: startMs - fromMs, adjustedMs: startMs - fromMs - excusedMs };
  }

  #held() {
    return KEYS.flatMap((name) => {
      const last = this.#commitAt(name, HORIZON_MS);
      return last === undefined ? [] : [origin(last.version, { key: name, deleted: last.isDelete })];
    });
  }

  #samples() {
    return Array.from({ length: (HORIZON_MS + SETTLE_MS) / 1_000 }, (_, at) => at * 1_000).flatMap((atMs) =>
      REGIONS.map((where) =>
        edgeSample(atMs, {
          region: where,
          originFetches: this.#fetches.get(where)?.filter((ms) => ms <= atMs).length ?? 0,
          clock: readingOf(where, atMs),
        }),
      ),
    );
  }

  /** Ids are never used again: a deletion ends the writes of a key, as an answer that was lost does. */
  #write(name: string): readonly WriteOperation[] {
    const operations: WriteOperation[] = [];
    let [version, atMs, isOver] = [0, 0, false];
    for (const { gapMs, takesMs, commitShare, isDelete, lost } of this.#plan.writes.filter((planned) => planned.key === name)) {
      if (isOver) break;
      const [startMs, endMs] = [atMs + gapMs, atMs + gapMs + takesMs];
      const committedMs = within(startMs, lost === undefined ? endMs : endMs + 3_000, commitShare);
      [version, atMs, isOver] = [version + 1, endMs, lost !== undefined || isDelete];
      const kind = isDelete ? 'delete' : 'update';
      const by = write(version, endMs, { kind, startMs, key: name, ...(lost && { version: undefined, outcome: 'unknown' as const }) });
      if (lost !== 'never') this.#commits.get(name)?.push({ version, atMs: committedMs, isDelete, by });
      operations.push(by);
    }
    return operations;
  }

  /**
   * One cell's reads in the order in which the edge looks them up, and two after everything: the second finds what the
   * first asked for.
   */
  #read(where: Region, name: Key): readonly ReadOperation[] {
    const last = { region: where, key: name, takesMs: 10, lookupShare: 0.5, fetchMs: FETCH_MS_MAX, askedShare: 0, fails: false };
    const planned = this.#plan.reads.filter((of) => of.region === where && of.key === name);
    const finals = [HORIZON_MS, HORIZON_MS + 1_000].map((startMs) => ({ ...last, startMs }));
    const reads = [...planned, ...finals]
      .map((of) => ({ ...of, lookupMs: within(of.startMs, of.startMs + of.takesMs, of.lookupShare) }))
      .sort((one, other) => one.lookupMs - other.lookupMs);
    const fills: Fill[] = [];
    return reads.map((of) => this.#answer(of, of.lookupMs, fills));
  }

  #answer(planned: PlannedRead, lookupMs: number, fills: Fill[]): ReadOperation {
    const { region: where, key: name, startMs, takesMs, fetchMs, fails } = planned;
    const more = { region: where, key: name, endMs: startMs + takesMs, final: startMs >= HORIZON_MS };
    const isBroken = where === 'eu-west' && this.#isExcused(startMs);
    if (fails && isBroken) return read(0, startMs, { ...more, outcome: 'fail', version: undefined });
    const entry = this.#entryAt(lookupMs, fills);
    const mark = entry === undefined ? 'hard' : this.#markOn(where, name, entry, lookupMs);
    if (entry === undefined || mark === 'hard') return this.#fetch(planned, lookupMs, fills, more);
    if (mark === 'soft') this.#revalidate(planned, lookupMs, fetchMs, fills);
    return this.#tell(entry, startMs, { ...more, ...(mark === 'soft' && { status: 'stale' as const }) });
  }

  /** What makes an entry invalid or stale where and when it is looked up. */
  #markOn(where: Region, name: string, { version, begunMs }: Fill, lookupMs: number): 'hard' | 'soft' | undefined {
    const applied = this.#appliedBy(where, name, lookupMs).filter((commit) => commit.version > version);
    const epochs = (this.#epochs.get(`${where} ${name}`) ?? []).filter(({ appliedMs }) => begunMs < appliedMs && appliedMs <= lookupMs);
    const isLazy = this.#plan.lazy.includes(where);
    if (applied.some(({ isDelete }) => isDelete || !isLazy) || epochs.some(({ mode }) => mode === 'hard')) return 'hard';
    if (applied.length + epochs.length === 0) return undefined;
    return this.#isDeletion(name, version) ? 'hard' : 'soft';
  }

  /** Joins a fetch under way that no mark has outdated. */
  #fetch(planned: PlannedRead, lookupMs: number, fills: Fill[], more: Partial<ReadOperation> & { readonly endMs: number }): ReadOperation {
    const { region: where, key: name, startMs, askedShare } = planned;
    const lastMarkMs = this.#lastMarkBy(where, name, lookupMs);
    const joined = fills.find(({ storedMs, begunMs, isMiss }) => isMiss && storedMs > lookupMs && begunMs >= lastMarkMs);
    const version = joined?.version ?? this.#committedBy(name, within(lookupMs, more.endMs, askedShare));
    const fill = joined ?? { version, begunMs: lookupMs, storedMs: more.endMs, isMiss: true };
    if (joined === undefined) {
      fills.push(fill);
      this.#fetches.get(where)?.push(lookupMs);
    }
    return this.#tell(fill, startMs, { ...more, key: name, endMs: Math.max(more.endMs, fill.storedMs), source: 'origin' });
  }

  #tell({ version, begunMs }: Fill, startMs: number, more: Partial<ReadOperation>): ReadOperation {
    const name = more.key ?? '';
    const where = more.region === 'us-east' ? 'us-east' : 'eu-west';
    const told = read(version, startMs, { ...more, cachedMs: shownBy(where, begunMs), found: !this.#isDeletion(name, version) });
    const commit = (this.#commits.get(name) ?? []).find((known) => known.version === version);
    if (commit !== undefined && told.found) this.#shown.set(told, commit.by);
    return told;
  }

  /** At most one at a time; one that began before the last mark is followed by another. */
  #revalidate({ region: where, key: name, askedShare }: PlannedRead, lookupMs: number, fetchMs: number, fills: Fill[]): void {
    const underWay = fills.filter(({ storedMs, isMiss }) => !isMiss && storedMs > lookupMs);
    const last = underWay.sort((one, other) => one.storedMs - other.storedMs).at(-1);
    const begunMs = last?.storedMs ?? lookupMs;
    if (last !== undefined && last.begunMs >= this.#lastMarkBy(where, name, lookupMs)) return;
    const version = this.#committedBy(name, within(begunMs, begunMs + fetchMs, askedShare));
    fills.push({ version, begunMs, storedMs: begunMs + fetchMs, isMiss: false });
    this.#fetches.get(where)?.push(begunMs);
  }

  #entryAt(atMs: number, fills: readonly Fill[]): Fill | undefined {
    return fills
      .filter(({ storedMs }) => storedMs <= atMs)
      .reduce<Fill | undefined>((held, fill) => {
        const isNewer = held === undefined || fill.version > held.version || (fill.version === held.version && fill.begunMs > held.begunMs);
        return isNewer ? fill : held;
      }, undefined);
  }

  #isDeletion(name: string, version: number): boolean {
    return (this.#commits.get(name) ?? []).some((commit) => commit.isDelete && commit.version === version);
  }

  #commitAt(name: string, atMs: number): Commit | undefined {
    return (this.#commits.get(name) ?? []).filter((commit) => commit.atMs <= atMs).at(-1);
  }

  #committedBy(name: string, atMs: number): number {
    return this.#commitAt(name, atMs)?.version ?? 0;
  }

  #appliedBy(where: Region, name: string, atMs: number): readonly Commit[] {
    return (this.#commits.get(name) ?? []).filter((commit) => this.#appliedMs(where, commit.atMs) <= atMs);
  }

  #epochsOf(where: Region, name: string): readonly Epoch[] {
    return this.#plan.purges
      .filter(({ type, key: purged }) => type === 'all' || purged === name)
      .map(({ mode, startMs, takesMs, commitShare }) => ({
        mode,
        appliedMs: this.#appliedMs(where, within(startMs, startMs + takesMs, commitShare)),
      }));
  }

  #lastMarkBy(where: Region, name: string, atMs: number): number {
    const applied = (this.#commits.get(name) ?? []).map((commit) => this.#appliedMs(where, commit.atMs));
    const purged = (this.#epochs.get(`${where} ${name}`) ?? []).map(({ appliedMs }) => appliedMs);
    return Math.max(0, ...[...applied, ...purged].filter((markMs) => markMs <= atMs));
  }

  /**
   * When the delay then in force has passed since the commit, and the region's own lateness, in time that no fault
   * excuses.
   */
  #appliedMs(where: Region, atMs: number): number {
    const known = this.#applied.get(`${where} ${atMs}`) ?? this.#applyMs(where, atMs);
    this.#applied.set(`${where} ${atMs}`, known);
    return known;
  }

  #applyMs(where: Region, atMs: number): number {
    for (let ms = atMs; ms < HORIZON_MS; ms += 1) {
      const passedMs = where === 'eu-west' ? (this.#unexcused[ms] ?? 0) - (this.#unexcused[atMs] ?? 0) : ms - atMs;
      if (passedMs >= this.#delayMsAt(where, ms) + this.#plan.lateMs) return ms;
    }
    return HORIZON_MS;
  }

  #delayMsAt(where: Region, ms: number): number {
    const changes = this.#delays.filter(({ region: changed, atMs }) => changed === where && atMs <= ms);
    return changes.reduce((last, change) => (change.atMs >= last.atMs ? change : last), { region: where, atMs: 0, delayMs: DELAY_MS })
      .delayMs;
  }
}

/** As the lab would have recorded it. */
export function historyOfPlan(plan: Plan): History {
  return new Model(plan).history();
}

/** The same, with what is true of its answers. */
export function modelOfPlan(plan: Plan): { readonly history: History; readonly truth: Model['truth'] } {
  const model = new Model(plan);
  return { history: model.history(), truth: (read) => model.truth(read) };
}

/** The clocks of the regions: far off, and no two go alike. */
const CLOCKS: Readonly<Record<Region, { readonly aheadMs: number; readonly rate: number }>> = {
  'us-east': { aheadMs: 3_600_000, rate: 1.01 },
  'eu-west': { aheadMs: -5_000, rate: 0.9998 },
};

export function shownBy(where: Region, ms: number): number {
  const { aheadMs, rate } = CLOCKS[where];
  return Math.round(aheadMs + ms * rate);
}

/** Asked just before `atMs`. */
export function readingOf(where: Region, atMs: number): ClockReading {
  return { fromMs: atMs - 4, toMs: atMs, nowMs: shownBy(where, atMs - 2) };
}
