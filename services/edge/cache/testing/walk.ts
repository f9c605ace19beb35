/**
 * Walks every interleaving of a small case on one key.
 *
 * The actors: the origin (its writes in order), a purge, one reader of the log per partition (each record once it is
 * published, from the start again after a restart), one or two fills (look up, read the origin, store), a restart of
 * the cache, and a warmer: a fill that begins once the cache has lost something, by a hard event or a restart. A write
 * publishes its event in the same step: an apply may follow at any later time anyway.
 *
 * Steps at the origin do not touch the cache, so the cache is a function of the *history* of cache steps alone. Each
 * history is played once, on a new store, and judged after its last step; each situation (history, origin, readings
 * under way) is expanded once, and the number of ways from it to the end is remembered. So every interleaving is
 * counted and judged, though most share their histories. A restart is a new, empty store, so histories that differ only
 * before it go on as one, if they meant the same and left the same fills under way (`Region.memory`). Two fills are the
 * same program: fill 1 is the one that looks up first.
 */
import type { Mark } from '../cache.ts';
import { type CacheStep, type CreateStore, type Delivery, type Reading, Region } from './region.ts';

export interface Write {
  readonly title: string;
  readonly version: number;
  /** null: deleted, or never created. */
  readonly tags: readonly string[] | null;
}

export interface LogRecord {
  readonly mark: Mark;
  /** The write that publishes it, by its place; `purge` for the purge. */
  readonly by: number | 'purge';
}

export interface WalkCase {
  readonly before: Write;
  readonly writes: readonly Write[];
  readonly partitions: readonly (readonly LogRecord[])[];
  readonly fills: number;
  /** Whether there is a warmer, too. */
  readonly isWarmed?: boolean;
  readonly restarts: number;
}

export interface Witness {
  readonly steps: readonly string[];
  readonly violation: string;
}

export interface Walked {
  readonly interleavings: number;
  readonly histories: number;
  readonly violations: number;
  readonly shortest: Witness | undefined;
}

const STAGES = ['idle', 'begun', 'stored'] as const;
/** Above the stages and two readings of each version. */
const STAGES_MAX = 100;
/** Not begun, looked up, stored; in between the reading under way. */
type Fill = (typeof STAGES)[number] | Reading;

interface History {
  /** Absent before the first step. */
  readonly last?: { readonly of: History; readonly step: CacheStep };
  readonly next: Map<string, History>;
  /** By what the history does not tell of a situation, the interleavings from there to the end. */
  readonly ways: Map<number, number>;
  readonly violation: string | undefined;
  /** A hard event or a restart is in it. */
  readonly hasLost: boolean;
}

interface Situation {
  readonly history: History;
  readonly written: number;
  readonly purged: boolean;
  readonly restarts: number;
  readonly offsets: readonly number[];
  readonly fills: readonly Fill[];
}

interface Choice {
  readonly title: string;
  readonly after: Omit<Situation, 'history'>;
  /** Absent for a step at the origin. */
  readonly cacheStep?: CacheStep;
}

export function walk(walked: WalkCase, createStore: CreateStore): Walked {
  return new Walk(walked, createStore).run();
}

class Walk {
  readonly #case: WalkCase;
  readonly #createStore: CreateStore;
  readonly #hasPurge: boolean;
  readonly #restarted = new Map<string, History>();
  readonly #path: string[] = [];
  #histories = 0;
  #violations = 0;
  #shortest: Witness | undefined;

  constructor(walked: WalkCase, createStore: CreateStore) {
    this.#case = walked;
    this.#createStore = createStore;
    this.#hasPurge = walked.partitions.flat().some(({ by }) => by === 'purge');
  }

  run(): Walked {
    const { partitions, fills, isWarmed = false } = this.#case;
    const history: History = { next: new Map(), ways: new Map(), violation: undefined, hasLost: false };
    const interleavings = this.#waysFrom({
      history,
      written: 0,
      purged: false,
      restarts: 0,
      offsets: partitions.map(() => 0),
      fills: Array.from({ length: fills + Number(isWarmed) }, () => 'idle' as const),
    });
    return { interleavings, histories: this.#histories, violations: this.#violations, shortest: this.#shortest };
  }

  #waysFrom(situation: Situation): number {
    const { history } = situation;
    if (history.violation !== undefined) return this.#report(history.violation);
    const key = keyOf(situation);
    const known = history.ways.get(key);
    if (known !== undefined) return known;
    const choices = this.#choices(situation);
    let ways = 0;
    for (const { title, after, cacheStep } of choices) {
      this.#path.push(title);
      ways += this.#waysFrom({ ...after, history: cacheStep === undefined ? history : this.#extend(history, title, cacheStep) });
      this.#path.pop();
    }
    if (choices.length === 0) ways = this.#end(situation);
    history.ways.set(key, ways);
    return ways;
  }

  #report(violation: string): number {
    this.#violations += 1;
    if (this.#shortest === undefined || this.#path.length < this.#shortest.steps.length) {
      this.#shortest = { steps: [...this.#path], violation };
    }
    return 1;
  }

  #extend(history: History, title: string, step: CacheStep): History {
    const known = history.next.get(title);
    if (known !== undefined) return known;
    this.#histories += 1;
    const region = this.#play(history);
    const violation = region.take(step) ?? region.judge();
    if (step.do === 'restart') {
      const same = this.#restarted.get(region.memory());
      if (same !== undefined) return same;
    }
    const hasLost = history.hasLost || isLoss(step);
    const extended: History = { last: { of: history, step }, next: new Map(), ways: new Map(), violation, hasLost };
    history.next.set(title, extended);
    if (step.do === 'restart') this.#restarted.set(region.memory(), extended);
    return extended;
  }

  #play({ last }: History): Region {
    if (last === undefined) return new Region(this.#createStore);
    const region = this.#play(last.of);
    region.take(last.step);
    return region;
  }

  #end({ history, written }: Situation): number {
    const violation = this.#play(history).judgeEnd({ ...this.#originAfter(written), afterPurge: true });
    return violation === undefined ? 1 : this.#report(violation);
  }

  #choices({ history, ...now }: Situation): Choice[] {
    const { writes, restarts, partitions, fills, isWarmed = false } = this.#case;
    const choices: Choice[] = [];
    const write = writes[now.written];
    if (write !== undefined) choices.push({ title: write.title, after: { ...now, written: now.written + 1 } });
    if (this.#hasPurge && !now.purged) choices.push({ title: 'the purge is accepted', after: { ...now, purged: true } });
    if (now.restarts < restarts) {
      const after = { ...now, restarts: now.restarts + 1, offsets: partitions.map(() => 0) };
      choices.push({ title: 'the cache restarts', after, cacheStep: { do: 'restart' } });
    }
    for (const [partition, records] of partitions.entries()) {
      const offset = now.offsets[partition] ?? 0;
      const record = records[offset];
      if (record === undefined || !(record.by === 'purge' ? now.purged : record.by < now.written)) continue;
      const after = { ...now, offsets: now.offsets.with(partition, offset + 1) };
      const delivery = deliveryOf(record, partition, offset);
      choices.push({ title: `apply p${partition}@${offset} (${titleOf(record.mark)})`, after, cacheStep: { do: 'apply', delivery } });
    }
    for (let fill = 0; fill < fills; fill += 1) choices.push(...this.#fillChoices(now, fill));
    if (isWarmed && (history.hasLost || now.fills[fills] !== 'idle')) choices.push(...this.#fillChoices(now, fills));
    return choices;
  }

  #fillChoices(now: Omit<Situation, 'history'>, fill: number): Choice[] {
    const stage = now.fills[fill];
    const withFill = (next: Fill) => ({ ...now, fills: now.fills.with(fill, next) });
    const isOfWarmer = fill === this.#case.fills;
    const name = isOfWarmer ? 'the warmer' : `fill ${fill + 1}`;
    if (stage === undefined || stage === 'stored') return [];
    if (stage === 'idle') {
      if (!isOfWarmer && now.fills[fill - 1] === 'idle') return [];
      return [{ title: `${name} looks up`, after: withFill('begun'), cacheStep: { do: 'look up', fill } }];
    }
    if (stage === 'begun') {
      const reading: Reading = { ...this.#originAfter(now.written), afterPurge: now.purged };
      return [{ title: `${name} reads ${titleOfReading(reading)}`, after: withFill(reading) }];
    }
    const cacheStep: CacheStep = { do: 'store', fill, reading: stage };
    return [{ title: `${name} stores ${titleOfReading(stage)}`, after: withFill('stored'), cacheStep }];
  }

  #originAfter(written: number): { readonly version: number; readonly tags: readonly string[] | null } {
    const { version, tags } = this.#case.writes[written - 1] ?? this.#case.before;
    return { version, tags };
  }
}

/** After it a warmer begins. */
function isLoss(step: CacheStep): boolean {
  return step.do === 'restart' || (step.do === 'apply' && step.delivery.mark.mode === 'hard');
}

/** The origin and the stages of the fills as one number. */
function keyOf({ written, purged, fills }: Situation): number {
  return fills.reduce((key, fill) => key * STAGES_MAX + stageOf(fill), written * 2 + Number(purged));
}

function stageOf(fill: Fill): number {
  if (typeof fill === 'string') return STAGES.indexOf(fill);
  return STAGES.length + fill.version * 2 + Number(fill.afterPurge);
}

function deliveryOf({ mark }: LogRecord, partition: number, offset: number): Delivery {
  return { mark, position: { partition, offset, id: `${partition}-${offset}`, time: offset }, previous: offset - 1 };
}

function titleOf({ type, target, mode, version }: Mark): string {
  return version === undefined ? `${mode} purge of ${type} ${target}` : `${mode} v${version}`;
}

function titleOfReading({ version, tags, afterPurge }: Reading): string {
  return `${tags === null ? '404 ' : ''}v${version}${afterPurge ? ', after the purge' : ''}`;
}
