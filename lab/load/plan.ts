/**
 * The plan of a workload: every operation with its time, drawn from the seed before anything is sent. The schedule is
 * open loop: it never waits for answers, so a slow answer cannot hide by delaying the next request.
 */
import type { Random } from '../../services/runtime/random.ts';
import type { Workload } from '../scenarios/scenario.ts';
import { TAGS } from './slots.ts';
import { createZipf } from './zipf.ts';

export type PlannedOperation =
  | { readonly kind: 'read'; readonly atMs: number; readonly region: string; readonly slot: number }
  /** Of the id that the next creation is likely to get. */
  | { readonly kind: 'read-ahead'; readonly atMs: number; readonly region: string }
  | { readonly kind: 'create' | 'delete'; readonly atMs: number; readonly slot: number }
  /** With a tag that is drawn anew, one of so many; left out: it stays as it is. */
  | { readonly kind: 'update'; readonly atMs: number; readonly slot: number; readonly tag?: number }
  | {
      readonly kind: 'purge';
      readonly atMs: number;
      readonly type: 'key' | 'tag' | 'pattern' | 'all';
      readonly slot: number;
      readonly mode: 'hard' | 'soft';
      /** With more purges of patterns behind it than a cache keeps. */
      readonly flood?: true;
    };

export type PlannedRead = Extract<PlannedOperation, { readonly region: string }>;

export function isRead(operation: PlannedOperation): operation is PlannedRead {
  return 'region' in operation;
}

export interface PlanOptions {
  readonly workload: Workload;
  readonly regions: readonly string[];
  readonly random: Random;
}

const MS_PER_S = 1000;
/** Slots that are not there at the start: a create fills the next one. */
const SPARE_SLOTS = 50;

/** Which slots hold a content, as the plan goes. */
class Slots {
  readonly #alive: boolean[];
  readonly #limit: number;

  constructor(keys: number) {
    this.#alive = Array.from({ length: keys }, () => true);
    this.#limit = keys + SPARE_SLOTS;
  }

  isAlive(slot: number): boolean {
    return this.#alive[slot] === true;
  }

  kill(slot: number): void {
    this.#alive[slot] = false;
  }

  /** A slot to create: one that was deleted, else a new one. undefined when there is none. */
  revive(): number | undefined {
    const dead = this.#alive.indexOf(false);
    const slot = dead >= 0 ? dead : this.#alive.length;
    if (slot >= this.#limit) return undefined;
    this.#alive[slot] = true;
    return slot;
  }
}

/** Nothing is drawn where there is no share: the plans of such workloads stay what they were. */
function isDrawn(random: Random, share = 0): boolean {
  return share > 0 && random.next() < share;
}

/** How many reads a workload has. */
export function readsOf({ duration: durationMs, reads: readsPerS }: Workload): number {
  return Math.floor((durationMs / MS_PER_S) * readsPerS);
}

/**
 * The reads of a plan alone, in the order of their times, each drawn when it is asked for: there may be more than a
 * memory holds.
 */
export function* drawReads({ workload, regions, random }: PlanOptions): Generator<PlannedRead, void, undefined> {
  const stream = random.fork('reads');
  const drawSlot = createZipf(workload.keys, workload.skew, stream);
  const ahead = random.fork('ahead');
  const count = readsOf(workload);
  for (let index = 0; index < count; index += 1) {
    const read = { atMs: (index * MS_PER_S) / workload.reads, region: regions[index % regions.length] ?? '' };
    const slot = drawSlot();
    yield isDrawn(ahead, workload.ahead) ? { kind: 'read-ahead', ...read } : { kind: 'read', ...read, slot };
  }
}

const EVENTS = ['create', 'delete', 'replace', 'purge'] as const;
type EventKind = (typeof EVENTS)[number];
/**
 * How much of the way to its first one each kind has at least behind it: so that it comes in time where only one is to
 * come.
 */
const BEHIND_MIN = 0.25;

/**
 * Creations, deletions and purges at even distances, from a place that is drawn: in a short run drawing each write by
 * itself would often leave one of them out altogether, and nothing could be said of it.
 */
class Shares {
  readonly #shares: Readonly<Record<EventKind, number>>;
  readonly #due: Record<EventKind, number>;

  constructor({ creates, deletes, purges, replaces = 0 }: Workload, random: Random) {
    const draw = () => BEHIND_MIN + (1 - BEHIND_MIN) * random.next();
    this.#shares = { create: creates, delete: deletes, replace: replaces, purge: purges };
    this.#due = { create: draw(), delete: draw(), purge: draw(), replace: replaces === 0 ? 0 : draw() };
  }

  /** Once for each write: what is due. */
  next(): readonly EventKind[] {
    for (const kind of EVENTS) this.#due[kind] += this.#shares[kind];
    return EVENTS.filter((kind) => this.#due[kind] >= 1);
  }

  done(kind: EventKind): void {
    this.#due[kind] -= 1;
  }
}

/** The writes of a plan alone, in the order of their times. */
export function planWrites({ workload, random }: Omit<PlanOptions, 'regions'>): readonly PlannedOperation[] {
  const stream = random.fork('writes');
  const drawSlot = createZipf(workload.keys, workload.skew, stream);
  const slots = new Slots(workload.keys);
  const shares = new Shares(workload, stream);
  const rare = random.fork('rare writes');
  const { burst = 1 } = workload;
  const count = Math.floor((workload.duration / MS_PER_S) * workload.writes);
  return Array.from({ length: count }, (_, index) => {
    const atMs = ((index - (index % burst)) * MS_PER_S) / workload.writes;
    return planWrite({ atMs, slot: drawSlot(), slots, shares, random: stream, rare, workload });
  }).flat();
}

interface WriteDraw {
  readonly atMs: number;
  readonly slot: number;
  readonly slots: Slots;
  readonly shares: Shares;
  readonly random: Random;
  /** For what not every workload has. */
  readonly rare: Random;
  readonly workload: Workload;
}

function planWrite(draw: WriteDraw): readonly PlannedOperation[] {
  const { atMs, slot, slots, shares, rare, workload } = draw;
  for (const due of shares.next()) {
    const planned = planEvent(due, draw);
    if (planned === undefined) continue;
    shares.done(due);
    return planned;
  }
  if (!slots.isAlive(slot)) return [{ kind: 'create', atMs, slot: slots.revive() ?? slot }];
  return [{ kind: 'update', atMs, slot, ...(isDrawn(rare, workload.retags) ? { tag: rare.below(TAGS) } : {}) }];
}

/** undefined: not with that slot, or there is no room. */
function planEvent(kind: EventKind, { atMs, slot, slots, random, rare, workload }: WriteDraw): readonly PlannedOperation[] | undefined {
  if (kind === 'purge') {
    const type = (['key', 'tag', 'pattern', 'all'] as const)[random.below(4)] ?? 'key';
    const purge = { kind, atMs, type, slot, mode: random.below(2) === 0 ? 'hard' : 'soft' } as const;
    return [isDrawn(rare, workload.floods) ? { ...purge, type: 'pattern', flood: true } : purge];
  }
  if (kind === 'create') {
    const created = slots.revive();
    return created === undefined ? undefined : [{ kind, atMs, slot: created }];
  }
  if (!slots.isAlive(slot)) return undefined;
  if (kind === 'replace')
    return [
      { kind: 'delete', atMs, slot },
      { kind: 'create', atMs, slot },
    ];
  slots.kill(slot);
  return [{ kind, atMs, slot }];
}

/** In the order of their times. The same options and seed give the same plan. */
export function planLoad(options: PlanOptions): readonly PlannedOperation[] {
  return [...drawReads(options), ...planWrites(options)].sort((one, other) => one.atMs - other.atMs);
}
