/**
 * Drives a plan against a world and records every operation. Writes to one slot go one after another, so each key is a
 * register with a single writer; everything else is sent at its time, whatever is still unanswered.
 */

import { contentKey } from '../../services/protocol/content.ts';
import { type Clock, Sleeper } from '../../services/runtime/clock.ts';
import type { History } from '../history/history.ts';
import type { Ending, Operation, ReadOperation, WriteOperation } from '../history/records.ts';
import type { WallClock } from '../history/wall-clock.ts';
import type { Phase } from '../report/events.ts';
import type { Clients } from '../system/clients.ts';
import type { EdgeRead } from '../system/edges/edge.ts';
import { CallFailed, undefinedWhenUnanswered } from '../system/transport.ts';
import type { World, WorldRegion } from '../worlds/world.ts';
import { worldKind } from '../worlds/worlds.ts';
import { inBatches } from './batches.ts';
import { bodyOf, writerOf } from './bodies.ts';
import { FinalReads } from './final-reads.ts';
import { isRead, type PlannedOperation, type PlannedRead } from './plan.ts';
import { createRow, idsBySlug } from './rows.ts';
import { newSlot, type Slot, slugOf, tagNamed, tagOf, tagsWith } from './slots.ts';

export interface DriverOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly history: History;
  readonly wallClock: WallClock;
  readonly clock: Clock;
  /** Monotonic time of the run's start. */
  readonly startedAt: number;
}

/** One read of every key in every region. */
export interface Round {
  readonly reads: readonly ReadOperation[];
  /** Every region answered each key with what the origin held then. */
  readonly isConverged: boolean;
  /** Origin and regions answered, whatever they said. */
  readonly isAnswered: boolean;
  /** What was said of each request that failed. */
  readonly errors: readonly string[];
}

/** Of a round of reads, in each region. */
const KEYS_AT_ONCE = 20;
/** Below this a send is at its time. */
const LATE_MS_MIN = 1;
const TAG_UNKNOWN = '';
/** More patterns than a cache keeps (256, `services/edge/cache/marks.ts`). */
const FLOOD = 300;

interface Cell {
  readonly region: WorldRegion;
  readonly id: number;
  /** When the plan has it, on the run's clock. */
  readonly dueMs?: number;
}

interface Due {
  /** Of the plan, on the run's clock. */
  readonly dueMs: number;
}

type PlannedWrite = Exclude<PlannedOperation, PlannedRead> & Partial<Due>;
type PlannedPurge = Extract<PlannedWrite, { kind: 'purge' }>;

export class Driver {
  readonly #options: DriverOptions;
  readonly #slots = new Map<number, Slot>();
  /** Every id the run ever wrote: the last reads cover them all. */
  readonly #written = new Map<number, string>();
  #phase: Phase = 'warmup';
  /** The highest that is known: the next creation gets the one after it, if nobody else creates anything. */
  #lastId = 0;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
  }

  /** Makes the workload's rows `lab-0` … where they are not there yet, then reads each once everywhere. */
  async warmUp(keys: number): Promise<void> {
    const existing = await idsBySlug(this.#options.clients);
    const slots = Array.from({ length: keys }, (_, slot) => slot);
    await Promise.all(
      slots.map((slot) => {
        const id = existing.get(slugOf(slot));
        if (id === undefined) return this.#write({ kind: 'create', atMs: 0, slot });
        // A run before may have given it another tag.
        Object.assign(this.#slot(slot), { id, tag: TAG_UNKNOWN });
        this.#lastId = Math.max(this.#lastId, id);
        return this.#write({ kind: 'update', atMs: 0, slot, tag: slot });
      }),
    );
    await this.readEverywhere();
  }

  /** Changes every row once, so that there is something to converge to before anything is broken. */
  async updateAll(): Promise<void> {
    await Promise.all(
      [...this.#slots].filter(([, { id }]) => id !== undefined).map(([slot]) => this.#write({ kind: 'update', atMs: 0, slot })),
    );
  }

  /** Sends the plan at its times; resolves when every answer is in, or at once after an abort. */
  async run(plan: readonly PlannedOperation[], signal: AbortSignal): Promise<void> {
    const { clock, startedAt } = this.#options;
    const begunAt = clock.monotonicMs();
    const sleeper = new Sleeper(clock, signal);
    const pending: Promise<void>[] = [];
    for (const operation of plan) {
      const waitMs = begunAt + operation.atMs - clock.monotonicMs();
      if (waitMs > 0) await sleeper.sleep(waitMs);
      if (signal.aborted) break;
      const due = { ...operation, dueMs: begunAt + operation.atMs - startedAt };
      pending.push(isRead(due) ? this.#readPlanned(due) : this.#write(due));
    }
    sleeper.close();
    await Promise.all(pending);
  }

  /** One read of every key in every region. */
  async readEverywhere(): Promise<void> {
    const { regions } = this.#options.world;
    await inBatches(this.#keysInBatches(), (ids) =>
      Promise.all(regions.flatMap((region) => ids.map((id) => this.#read({ region, id, final: false })))),
    );
  }

  /** In virtual time a burst costs nothing. */
  #keysInBatches() {
    const items = [...this.#written.keys()];
    return { items, atOnce: worldKind(this.#options.world.backend).time === 'virtual' ? Math.max(1, items.length) : KEYS_AT_ONCE };
  }

  /** The final reads: each repeated while it is stale or differs, until `deadline` on the monotonic clock; the last counts. */
  async readFinally(deadline: number, signal: AbortSignal): Promise<void> {
    const { world, clients, history, clock } = this.#options;
    const doubtful = [...this.#slots].filter(([, slot]) => slot.doubtful && slot.id === undefined).map(([slot]) => slugOf(slot));
    const read = (region: WorldRegion, id: number) => this.#read({ region, id, final: true });
    await new FinalReads({ world, clients, history, clock, written: this.#written, doubtful, read, deadline, signal }).run();
  }

  /** Also changes something: a stale entry is revalidated by being read. */
  async readRound(): Promise<Round> {
    const rounds = await inBatches(this.#keysInBatches(), (ids) => Promise.all(ids.map((id) => this.#readRoundOf(id))));
    return {
      reads: rounds.flatMap(({ reads }) => reads),
      isConverged: rounds.every(({ isConverged }) => isConverged),
      isAnswered: rounds.every(({ isAnswered }) => isAnswered),
      errors: rounds.flatMap(({ errors }) => errors),
    };
  }

  async #readRoundOf(id: number): Promise<Round> {
    const { world, clients } = this.#options;
    const errors: string[] = [];
    const origin = await clients.originVersion(id).catch((error: unknown) => {
      if (error instanceof CallFailed) errors.push(error.message);
      return undefinedWhenUnanswered(error);
    });
    const reads = await Promise.all(world.regions.map((region) => this.#read({ region, id, final: false })));
    errors.push(...reads.flatMap(({ error }) => error ?? []));
    const isConverged = origin !== undefined && reads.every((read) => read.version === origin.version && read.status === 'fresh');
    return { reads, isConverged, isAnswered: origin !== undefined && reads.every(({ outcome }) => outcome === 'ok'), errors };
  }

  #slot(slot: number): Slot {
    const known = this.#slots.get(slot) ?? newSlot(slot);
    this.#slots.set(slot, known);
    return known;
  }

  #now(): number {
    return this.#options.clock.monotonicMs() - this.#options.startedAt;
  }

  #base(slot: string, dueMs: number | undefined) {
    const { history } = this.#options;
    const startMs = this.#now();
    const late = dueMs === undefined || startMs - dueMs < LATE_MS_MIN ? {} : { dueMs };
    return { id: history.nextId, phase: this.#phase, slot, ...late, startMs };
  }

  #write(planned: PlannedWrite): Promise<void> {
    const slot = this.#slot(planned.slot);
    slot.tail = slot.tail.then(() => (planned.kind === 'purge' ? this.#purge(planned, slot) : this.#change(planned, slot)));
    return slot.tail;
  }

  async #change(planned: Exclude<PlannedWrite, { kind: 'purge' }>, slot: Slot): Promise<void> {
    const { kind, slot: index, dueMs } = planned;
    // The plan cannot know that a create failed, or that a write is in doubt.
    if (slot.doubtful || (kind === 'create') !== (slot.id === undefined)) return;
    const name = slugOf(index);
    const key = slot.id === undefined ? undefined : contentKey(slot.id);
    const tag = kind === 'create' ? tagOf(name) : kind === 'update' && planned.tag !== undefined ? tagNamed(planned.tag) : slot.tag;
    const own = tag === tagOf(name) ? {} : { tag };
    const operation = this.#options.history.addOperation<WriteOperation>({ ...this.#base(name, dueMs), kind, key, ...own });
    await this.#settle(operation, () => this.#send(operation, slot, tag));
    slot.doubtful = operation.outcome === 'unknown';
  }

  async #send({ id: operationId, kind, slot: name }: WriteOperation, slot: Slot, tag: string): Promise<Partial<Ending>> {
    const { clients } = this.#options;
    const body = bodyOf(operationId);
    if (slot.id === undefined) {
      const { id, version } = await createRow(clients, name, body);
      slot.id = id;
      slot.tag = tag;
      this.#lastId = Math.max(this.#lastId, id);
      this.#written.set(id, name);
      return { key: contentKey(id), version };
    }
    this.#written.set(slot.id, name);
    if (kind === 'update') {
      const { version } = await clients.update(slot.id, tag === slot.tag ? { body } : { body, tags: tagsWith(tag) });
      slot.tag = tag;
      return { version };
    }
    const version = await clients.delete(slot.id);
    slot.deletedId = slot.id;
    slot.id = undefined;
    return { version };
  }

  async #purge(planned: PlannedPurge, slot: Slot): Promise<void> {
    const name = slugOf(planned.slot);
    const key = contentKey(slot.id ?? slot.deletedId ?? 0);
    const target = { key, tag: slot.tag, pattern: `${key.slice(0, -1)}*`, all: '*' }[planned.type];
    await this.#sendPurge({ ...planned, target }, name);
    if (planned.flood)
      await Promise.all(Array.from({ length: FLOOD }, () => this.#sendPurge({ ...planned, target: this.#nobodys() }, name)));
  }

  /** A pattern that is nobody's, and that nobody has purged before. */
  #nobodys(): string {
    return `nobody-${this.#options.history.nextId}-*`;
  }

  async #sendPurge({ type, mode, target, dueMs }: PlannedPurge & { readonly target: string }, name: string): Promise<void> {
    const operation = this.#options.history.addOperation({ ...this.#base(name, dueMs), kind: 'purge', type, target, mode });
    await this.#settle(operation, async () => {
      await this.#options.clients.purge({ type, target, mode });
      return {};
    });
  }

  async #readPlanned(planned: PlannedRead & Due): Promise<void> {
    const { region: name, dueMs } = planned;
    const region = this.#options.world.regions.find((known) => known.region === name);
    const id = planned.kind === 'read' ? this.#idIn(planned.slot) : this.#lastId + 1;
    if (region !== undefined && id !== undefined) await this.#read({ region, id, dueMs, final: false });
  }

  #idIn(index: number): number | undefined {
    const slot = this.#slot(index);
    return slot.id ?? slot.deletedId;
  }

  async #read({ region, id, dueMs, final }: Cell & { readonly final: boolean }): Promise<ReadOperation> {
    const operation = this.#options.history.addOperation<ReadOperation>({
      ...this.#base(this.#written.get(id) ?? '', dueMs),
      kind: 'read',
      region: region.region,
      key: contentKey(id),
      final,
    });
    await this.#settle(operation, async () => this.#toAnswer(await this.#options.clients.edge(region.region).read(id)));
    return operation;
  }

  #toAnswer({ cachedAt, body, ...answer }: EdgeRead): Partial<Ending> {
    const writer = body === undefined ? {} : { writer: writerOf(body) };
    const cached = cachedAt === undefined ? {} : { cachedMs: this.#options.wallClock.toRunMs(cachedAt) };
    return { ...answer, ...writer, ...cached };
  }

  /** Runs an operation to its end and records how it ended. Reads change nothing, so a failed one is `fail`. */
  async #settle(operation: Operation, send: () => Promise<Partial<Ending>>): Promise<void> {
    const { history } = this.#options;
    try {
      const answer = await send();
      history.endOperation(operation, { ...answer, outcome: 'ok', endMs: this.#now() });
    } catch (failure) {
      const outcome = operation.kind === 'read' || (failure instanceof CallFailed && failure.definite) ? 'fail' : 'unknown';
      const error = failure instanceof Error ? failure.message : String(failure);
      history.endOperation(operation, { outcome, error, endMs: this.#now() });
    }
  }
}
