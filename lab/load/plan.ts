/**
 * The plan of a workload: every operation with its time, drawn from the seed before anything is sent. The schedule is open
 * loop: it never waits for answers, so a slow answer cannot hide by delaying the next request.
 */
import type { Random } from '../../services/runtime/random.ts';
import type { Workload } from '../scenarios/scenario.ts';
import { createZipf } from './zipf.ts';

export type PlannedOperation =
  | { readonly kind: 'read'; readonly atMs: number; readonly region: string; readonly slot: number }
  | { readonly kind: 'create' | 'update' | 'delete'; readonly atMs: number; readonly slot: number }
  | {
      readonly kind: 'purge';
      readonly atMs: number;
      readonly type: 'key' | 'tag' | 'pattern' | 'all';
      readonly slot: number;
      readonly mode: 'hard' | 'soft';
    };

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

function planReads({ workload, regions, random }: PlanOptions): PlannedOperation[] {
  const stream = random.fork('reads');
  const drawSlot = createZipf(workload.keys, workload.skew, stream);
  const count = Math.floor((workload.duration / MS_PER_S) * workload.reads);
  return Array.from({ length: count }, (_, index) => ({
    kind: 'read',
    atMs: (index * MS_PER_S) / workload.reads,
    region: regions[index % regions.length] ?? '',
    slot: drawSlot(),
  }));
}

const EVENTS = ['create', 'delete', 'purge'] as const;
type EventKind = (typeof EVENTS)[number];
/** How much of the way to its first one each kind has at least behind it: so that it comes in time where only one is to come. */
const BEHIND_MIN = 0.25;

/**
 * Creations, deletions and purges at even distances, from a place that is drawn: in a short run drawing each write by itself would
 * often leave one of them out altogether, and nothing could be said of it.
 */
class Shares {
  readonly #shares: Readonly<Record<EventKind, number>>;
  readonly #due: Record<EventKind, number>;

  constructor({ creates, deletes, purges }: Workload, random: Random) {
    const draw = () => BEHIND_MIN + (1 - BEHIND_MIN) * random.next();
    this.#shares = { create: creates, delete: deletes, purge: purges };
    this.#due = { create: draw(), delete: draw(), purge: draw() };
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

function planWrites({ workload, random }: PlanOptions): PlannedOperation[] {
  const stream = random.fork('writes');
  const drawSlot = createZipf(workload.keys, workload.skew, stream);
  const slots = new Slots(workload.keys);
  const shares = new Shares(workload, stream);
  const count = Math.floor((workload.duration / MS_PER_S) * workload.writes);
  return Array.from({ length: count }, (_, index) =>
    planWrite({ atMs: (index * MS_PER_S) / workload.writes, slot: drawSlot(), slots, shares, random: stream }),
  );
}

interface WriteDraw {
  readonly atMs: number;
  readonly slot: number;
  readonly slots: Slots;
  readonly shares: Shares;
  readonly random: Random;
}

function planWrite(draw: WriteDraw): PlannedOperation {
  const { atMs, slot, slots, shares } = draw;
  for (const due of shares.next()) {
    const planned = planEvent(due, draw);
    if (planned === undefined) continue;
    shares.done(due);
    return planned;
  }
  if (slots.isAlive(slot)) return { kind: 'update', atMs, slot };
  return { kind: 'create', atMs, slot: slots.revive() ?? slot };
}

/** undefined: not with that slot, or there is no room. */
function planEvent(kind: EventKind, { atMs, slot, slots, random }: WriteDraw): PlannedOperation | undefined {
  if (kind === 'purge') {
    const type = (['key', 'tag', 'pattern', 'all'] as const)[random.below(4)] ?? 'key';
    return { kind, atMs, type, slot, mode: random.below(2) === 0 ? 'hard' : 'soft' };
  }
  if (kind === 'create') {
    const created = slots.revive();
    return created === undefined ? undefined : { kind, atMs, slot: created };
  }
  if (!slots.isAlive(slot)) return undefined;
  slots.kill(slot);
  return { kind, atMs, slot };
}

/** In the order of their times. The same options and seed give the same plan. */
export function planLoad(options: PlanOptions): readonly PlannedOperation[] {
  return [...planReads(options), ...planWrites(options)].sort((one, other) => one.atMs - other.atMs);
}
