/**
 * The writes of a load. Those to one slot go one after another, so that each key is a register with a single writer. A
 * write that the plan has and that cannot be, as its key is in doubt or not there, is left out.
 */
import { contentKey } from '../../services/protocol/content.ts';
import type { History } from '../history/history.ts';
import type { Ending, WriteOperation } from '../history/records.ts';
import type { Clients } from '../system/clients.ts';
import { bodyOf } from './bodies.ts';
import type { Operations } from './operations.ts';
import type { PlannedOperation, PlannedRead } from './plan.ts';
import { createRow } from './rows.ts';
import { newSlot, type Slot, slugOf, tagNamed, tagOf, tagsWith } from './slots.ts';

export interface SlotWritesOptions {
  readonly clients: Clients;
  readonly history: History;
  readonly operations: Operations;
}

/** A slot, and the id of what it holds, or held last. */
export type SlotId = readonly [slot: number, id: number];

export type PlannedWrite = Exclude<PlannedOperation, PlannedRead> & {
  /** Of the plan, on the run's clock. */
  readonly dueMs?: number;
};
type PlannedPurge = Extract<PlannedWrite, { kind: 'purge' }>;

const TAG_UNKNOWN = '';
/** More patterns than a cache keeps (256, `services/edge/cache/marks.ts`). */
const FLOOD = 300;

export class SlotWrites {
  readonly #options: SlotWritesOptions;
  readonly #slots = new Map<number, Slot>();
  /** Every id that the run ever wrote, with the name of its slot. */
  readonly written = new Map<number, string>();
  /** Hears of each slot that has got another id. */
  onCreated: ((created: SlotId) => void) | undefined;
  /** The highest that is known. */
  #lastId = 0;

  constructor(options: SlotWritesOptions) {
    this.#options = options;
  }

  /** The next creation gets it, if nobody else creates anything. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  /** Of what the slot has, or had last. */
  idIn(index: number): number | undefined {
    const slot = this.#slot(index);
    return slot.id ?? slot.deletedId;
  }

  /** Of every slot that has one. */
  ids(): readonly SlotId[] {
    return [...this.#slots.keys()].flatMap((index) => {
      const id = this.idIn(index);
      return id === undefined ? [] : [[index, id] as const];
    });
  }

  /** The slots that have a row. */
  inUse(): readonly number[] {
    return [...this.#slots].flatMap(([index, { id }]) => (id === undefined ? [] : [index]));
  }

  /** By name, the slots of which nobody knows whether they have a row. */
  doubtful(): readonly string[] {
    return [...this.#slots].filter(([, slot]) => slot.doubtful && slot.id === undefined).map(([index]) => slugOf(index));
  }

  /** Takes over a row that was there before the run, which may have given it another tag. */
  adopt(index: number, id: number): void {
    Object.assign(this.#slot(index), { id, tag: TAG_UNKNOWN });
    this.#lastId = Math.max(this.#lastId, id);
  }

  /** Resolves when it has ended, or was left out. */
  write(planned: PlannedWrite): Promise<void> {
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
    const { history, operations } = this.#options;
    const operation = history.addOperation<WriteOperation>({ ...operations.base(name, dueMs), kind, key, ...own });
    await operations.settle(operation, () => this.#send(operation, slot, tag));
    slot.doubtful = operation.outcome === 'unknown';
    if (kind === 'create' && slot.id !== undefined) this.onCreated?.([index, slot.id]);
  }

  async #send({ id: operationId, kind, slot: name }: WriteOperation, slot: Slot, tag: string): Promise<Partial<Ending>> {
    const { clients } = this.#options;
    const body = bodyOf(operationId);
    if (slot.id === undefined) {
      const { id, version } = await createRow(clients, name, body);
      slot.id = id;
      slot.tag = tag;
      this.#lastId = Math.max(this.#lastId, id);
      this.written.set(id, name);
      return { key: contentKey(id), version };
    }
    this.written.set(slot.id, name);
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
    const { history, operations, clients } = this.#options;
    const operation = history.addOperation({ ...operations.base(name, dueMs), kind: 'purge', type, target, mode });
    await operations.settle(operation, async () => {
      await clients.purge({ type, target, mode });
      return {};
    });
  }

  #slot(slot: number): Slot {
    const known = this.#slots.get(slot) ?? newSlot(slot);
    this.#slots.set(slot, known);
    return known;
  }
}
