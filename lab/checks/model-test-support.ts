/**
 * A right system, small enough to be believed, that knows the truth: when each write committed, when each region applied it,
 * and which time the faults excuse (counted ms by ms). It answers reads as the protocol would, and tells them as a history.
 */
import fc from 'fast-check';
import type { History } from '../load/history.ts';
import type { DelayChange, FaultRecord, ReadOperation } from '../load/records.ts';
import { DELAY_MS, fault, historyOf, REGIONS, read, write } from './history-test-support.ts';

const KEYS = ['content:7', 'content:8'] as const;
/** Reads and writes begin before this; what they lead to is over long before HORIZON_MS. */
const LOADED_MS = 8_000;
const HORIZON_MS = 30_000;
/** By how much a region may be later than its delay. */
const LATE_MS_MAX = 140;
/** Half of what a deadline allows: a revalidation that began too early is repeated by the edge that made it. */
const FETCH_MS_MAX = 900;

type Region = (typeof REGIONS)[number];

/** Which faults are on the path of a read labelled fresh in eu-west: said here once more, so as not to believe the code. */
const TARGETS = [
  ['kill', 'origin', true],
  ['pause', 'postgres', true],
  ['partition', 'origin<->kafka', true],
  ['partition', 'edge:eu-west<->kafka', true],
  ['isolate', 'edge:eu-west', true],
  ['pause', 'redis:eu-west', true],
  ['latency', 'edge:eu-west<->origin', false],
  ['flush', 'redis:eu-west', false],
  ['strategy', 'edge:eu-west', false],
] as const;

const time = fc.nat(LOADED_MS);
const region = fc.constantFrom(...REGIONS);
const key = fc.constantFrom(...KEYS);

export const plans = fc.record({
  lateMs: fc.nat(LATE_MS_MAX),
  lazy: fc.uniqueArray(region),
  delays: fc.array(fc.record({ region, atMs: time, delayMs: fc.constantFrom(0, 50, 600) }), { maxLength: 3 }),
  faults: fc.array(fc.record({ what: fc.constantFrom(...TARGETS), fromMs: time, lastsMs: fc.nat(4_000), allowanceMs: fc.nat(1_000) }), {
    maxLength: 3,
  }),
  /** One after another for each key; a lost answer ends the key's writes, and it commits when it likes, or never. */
  writes: fc.array(
    fc.record({
      key,
      gapMs: fc.nat(1_500),
      takesMs: fc.integer({ min: 1, max: 200 }),
      commitShare: fc.double({ min: 0, max: 1, noNaN: true }),
      lost: fc.constantFrom(...Array.from({ length: 18 }, () => undefined), 'never' as const, 'late' as const),
    }),
    { minLength: 6, maxLength: 16 },
  ),
  softPurges: fc.array(fc.record({ key, atMs: time }), { maxLength: 4 }),
  reads: fc.array(
    fc.record({
      region,
      key,
      startMs: time,
      takesMs: fc.nat(40),
      lookupShare: fc.double({ min: 0, max: 1, noNaN: true }),
      fetchMs: fc.nat(FETCH_MS_MAX),
      askedShare: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 30, maxLength: 80 },
  ),
});
export type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never;
type PlannedRead = Plan['reads'][number];

interface Commit {
  readonly version: number;
  readonly atMs: number;
}

/** How an entry came into a cache. */
interface Fill {
  readonly version: number;
  readonly begunMs: number;
  readonly storedMs: number;
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

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#delays = plan.delays;
    this.#faults = plan.faults.map(({ what: [name, target], fromMs, lastsMs, allowanceMs }) =>
      fault(name, target, { fromMs, toMs: fromMs + lastsMs, allowanceMs }),
    );
    const excusing = plan.faults.filter(({ what: [, , excuses] }) => excuses);
    const unexcused = [0];
    for (let ms = 0; ms < HORIZON_MS; ms += 1) {
      const isExcused = excusing.some(({ fromMs, lastsMs, allowanceMs }) => fromMs <= ms && ms < fromMs + lastsMs + allowanceMs);
      unexcused.push((unexcused[ms] ?? 0) + (isExcused ? 0 : 1));
    }
    this.#unexcused = unexcused;
  }

  history(): History {
    const writes = KEYS.flatMap((name) => this.#write(name));
    const reads = KEYS.flatMap((name) => REGIONS.flatMap((where) => this.#read(where, name)));
    const operations = [...writes, ...reads].sort((one, other) => one.startMs - other.startMs);
    return historyOf({ operations, faults: this.#faults, delays: this.#delays });
  }

  #write(name: string) {
    const operations = [];
    let [version, atMs, isDoubtful] = [0, 0, false];
    for (const { gapMs, takesMs, commitShare, lost } of this.#plan.writes.filter((planned) => planned.key === name)) {
      if (isDoubtful) break;
      const [startMs, endMs] = [atMs + gapMs, atMs + gapMs + takesMs];
      const committedMs = within(startMs, lost === undefined ? endMs : endMs + 3_000, commitShare);
      [version, atMs, isDoubtful] = [version + 1, endMs, lost !== undefined];
      if (lost !== 'never') this.#commits.get(name)?.push({ version, atMs: committedMs });
      operations.push(write(version, endMs, { startMs, key: name, ...(lost && { version: undefined, outcome: 'unknown' as const }) }));
    }
    return operations;
  }

  /** One cell's reads in the order in which the edge looks them up. */
  #read(where: Region, name: string): readonly ReadOperation[] {
    const reads = this.#plan.reads
      .filter((planned) => planned.region === where && planned.key === name)
      .map((planned) => ({ ...planned, lookupMs: within(planned.startMs, planned.startMs + planned.takesMs, planned.lookupShare) }))
      .sort((one, other) => one.lookupMs - other.lookupMs);
    const fills: Fill[] = [];
    return reads.map((planned) => this.#answer(planned, planned.lookupMs, fills));
  }

  #answer(planned: PlannedRead, lookupMs: number, fills: Fill[]): ReadOperation {
    const { region: where, key: name, startMs, takesMs, fetchMs, askedShare } = planned;
    const more = { region: where, key: name, endMs: startMs + takesMs };
    const entry = this.#entryAt(lookupMs, fills);
    const isOverdue = entry !== undefined && entry.version < this.#appliedBy(where, name, lookupMs);
    if (entry === undefined || (isOverdue && !this.#plan.lazy.includes(where))) {
      const version = this.#committedBy(name, within(lookupMs, more.endMs, askedShare));
      fills.push({ version, begunMs: lookupMs, storedMs: more.endMs });
      return read(version, startMs, { ...more, source: 'origin' });
    }
    const isPurged = this.#plan.softPurges.some(({ key: purged, atMs }) => purged === name && entry.begunMs < atMs && atMs <= lookupMs);
    if (!isOverdue && !isPurged) return read(entry.version, startMs, more);
    this.#revalidate(planned, lookupMs, fetchMs, fills);
    return read(entry.version, startMs, { ...more, status: 'stale' });
  }

  /** At most one at a time; one that began before the last mark is followed by another. */
  #revalidate({ region: where, key: name, askedShare }: PlannedRead, lookupMs: number, fetchMs: number, fills: Fill[]): void {
    const underWay = fills.filter(({ storedMs }) => storedMs > lookupMs).sort((one, other) => one.storedMs - other.storedMs);
    const last = underWay.at(-1);
    const begunMs = last?.storedMs ?? lookupMs;
    if (last !== undefined && last.begunMs >= this.#lastMarkBy(where, name, lookupMs)) return;
    const version = this.#committedBy(name, within(begunMs, begunMs + fetchMs, askedShare));
    fills.push({ version, begunMs, storedMs: begunMs + fetchMs });
  }

  #entryAt(atMs: number, fills: readonly Fill[]): Fill | undefined {
    return fills
      .filter(({ storedMs }) => storedMs <= atMs)
      .reduce<Fill | undefined>((held, fill) => {
        const isNewer = held === undefined || fill.version > held.version || (fill.version === held.version && fill.begunMs > held.begunMs);
        return isNewer ? fill : held;
      }, undefined);
  }

  #committedBy(name: string, atMs: number): number {
    return Math.max(0, ...(this.#commits.get(name) ?? []).filter((commit) => commit.atMs <= atMs).map(({ version }) => version));
  }

  #appliedBy(where: Region, name: string, atMs: number): number {
    const applied = (this.#commits.get(name) ?? []).filter((commit) => this.#appliedMs(where, commit) <= atMs);
    return Math.max(0, ...applied.map(({ version }) => version));
  }

  #lastMarkBy(where: Region, name: string, atMs: number): number {
    const applied = (this.#commits.get(name) ?? []).map((commit) => this.#appliedMs(where, commit));
    const purged = this.#plan.softPurges.filter((purge) => purge.key === name).map((purge) => purge.atMs);
    return Math.max(0, ...[...applied, ...purged].filter((markMs) => markMs <= atMs));
  }

  /** When the delay then in force has passed since the commit, and the region's own lateness, in time that no fault excuses. */
  #appliedMs(where: Region, { atMs }: Commit): number {
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
