/**
 * Drives a plan against a world and records every operation. Writes to one slot go one after another, so each key is a
 * register with a single writer; everything else is sent at its time, whatever is still unanswered.
 */

import { Sleeper, sleep } from '../../services/runtime/clock.ts';
import type { ReadOperation } from '../history/records.ts';
import type { Phase } from '../report/events.ts';
import { CallFailed, undefinedWhenUnanswered } from '../system/transport.ts';
import type { World } from '../worlds/world.ts';
import { worldKind } from '../worlds/worlds.ts';
import { inBatches } from './batches.ts';
import { FinalReads } from './final-reads.ts';
import { LoadGenerator } from './generator/generator.ts';
import type { DrawnReads } from './generator/messages.ts';
import { Operations, type OperationsOptions, type ReadOptions } from './operations.ts';
import { isRead, type PlannedOperation, type PlannedRead } from './plan.ts';
import { idsBySlug, patiently } from './rows.ts';
import { SlotWrites } from './slot-writes.ts';
import { slugOf } from './slots.ts';

export interface DriverOptions extends OperationsOptions {
  readonly world: World;
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
export class Driver {
  readonly #options: DriverOptions;
  readonly #operations: Operations;
  readonly #writes: SlotWrites;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#operations = new Operations(options);
    this.#writes = new SlotWrites({ ...options, operations: this.#operations });
  }

  enter(phase: Phase): void {
    this.#operations.enter(phase);
  }

  /** Makes the workload's rows `lab-0` … where they are not there yet, then reads each once everywhere. */
  async warmUp(keys: number): Promise<void> {
    const existing = await patiently(() => idsBySlug(this.#options.clients));
    const slots = Array.from({ length: keys }, (_, slot) => slot);
    await this.#writeEach(slots, (slot) => {
      const id = existing.get(slugOf(slot));
      if (id === undefined) return this.#writes.write({ kind: 'create', atMs: 0, slot });
      this.#writes.adopt(slot, id);
      return this.#writes.write({ kind: 'update', atMs: 0, slot, tag: slot });
    });
    await this.readEverywhere();
  }

  /** Changes every row once, so that there is something to converge to before anything is broken. */
  async updateAll(): Promise<void> {
    await this.#writeEach(this.#writes.inUse(), (slot) => this.#writes.write({ kind: 'update', atMs: 0, slot }));
  }

  async #writeEach(slots: readonly number[], write: (slot: number) => Promise<void>): Promise<void> {
    const { clock, world } = this.#options;
    if (world.writeGapMs === undefined) return void (await Promise.all(slots.map(write)));
    for (const slot of slots) {
      await write(slot);
      await sleep(clock, world.writeGapMs);
    }
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
      pending.push(isRead(due) ? this.#readPlanned(due) : this.#writes.write(due));
    }
    sleeper.close();
    await Promise.all(pending);
  }

  /**
   * Starts the process that sends the reads of a load, where `run` has its writes alone; who starts it closes it. What
   * it sends gets into the history when it has ended. Rejects as `LoadGenerator.start` does.
   */
  startGenerator(drawn: DrawnReads): Promise<LoadGenerator> {
    const { world, history, startedAt } = this.#options;
    const writes = this.#writes;
    const order = { ...drawn, edges: world.regions, ids: writes.ids(), startedAt };
    const starting = LoadGenerator.start(order, {
      onRead: (read) => this.#operations.addSent(read, read.isAhead ? '' : (writes.written.get(read.id) ?? '')),
      sink: history,
    });
    writes.onCreated = (created) =>
      void starting.then(
        (generator) => generator.created(created),
        () => {},
      );
    return starting;
  }

  /** One read of every key in every region. */
  async readEverywhere(): Promise<void> {
    const { regions } = this.#options.world;
    await inBatches(this.#keysInBatches(), (ids) =>
      Promise.all(regions.flatMap((region) => ids.map((id) => this.#read({ region: region.region, id, final: false })))),
    );
  }

  /** In virtual time a burst costs nothing. */
  #keysInBatches() {
    const items = [...this.#writes.written.keys()];
    return { items, atOnce: worldKind(this.#options.world.backend).time === 'virtual' ? Math.max(1, items.length) : KEYS_AT_ONCE };
  }

  /**
   * The final reads: each repeated while it is stale or differs, until `deadline` on the monotonic clock; the last
   * counts.
   */
  async readFinally(deadline: number, signal: AbortSignal): Promise<void> {
    const { world, clients, history, clock } = this.#options;
    const { written } = this.#writes;
    const read = (region: string, id: number) => this.#read({ region, id, final: true });
    await new FinalReads({ world, clients, history, clock, written, doubtful: this.#writes.doubtful(), read, deadline, signal }).run();
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
    const reads = await Promise.all(world.regions.map(({ region }) => this.#read({ region, id, final: false })));
    errors.push(...reads.flatMap(({ error }) => error ?? []));
    const isConverged = origin !== undefined && reads.every((read) => read.version === origin.version && read.status === 'fresh');
    return { reads, isConverged, isAnswered: origin !== undefined && reads.every(({ outcome }) => outcome === 'ok'), errors };
  }

  async #readPlanned(planned: PlannedRead & { readonly dueMs: number }): Promise<void> {
    const { region, dueMs } = planned;
    const id = planned.kind === 'read' ? this.#writes.idIn(planned.slot) : this.#writes.nextId;
    if (id !== undefined) await this.#read({ region, id, dueMs, final: false });
  }

  #read(options: Omit<ReadOptions, 'slot'>): Promise<ReadOperation> {
    return this.#operations.read({ ...options, slot: this.#writes.written.get(options.id) ?? '' });
  }
}
