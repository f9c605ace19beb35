/**
 * How far a purger has come, and which contents the log has named. An id is stored before the position of any record
 * that came with it or after it: else a restart would know that the record was purged, and not of the content. What is
 * lost on the way is purged once more.
 */
import type { Position } from '../edge/cache/cache.ts';
import type { Logger } from '../runtime/log.ts';
import type { PurgerStore } from './store.ts';

export interface ProgressOptions {
  readonly store: PurgerStore;
  readonly logger: Logger;
}

export class Progress {
  readonly #options: ProgressOptions;
  readonly #onStored: (positions: ReadonlyMap<number, Position>) => void;
  readonly #positions = new Map<number, Position>();
  readonly #ids = new Set<string>();
  /** Of the ids those that the store does not have. */
  #added: readonly string[] = [];
  #saving: Promise<void> = Promise.resolve();
  #isSaveWanted = false;
  #isStored = true;

  constructor(options: ProgressOptions, onStored: (positions: ReadonlyMap<number, Position>) => void) {
    this.#options = options;
    this.#onStored = onStored;
  }

  /** By partition, the last record up to which every purge was taken. */
  get positions(): ReadonlyMap<number, Position> {
    return this.#positions;
  }

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }

  /** false: the store did not take what it was given last. The next record tries again. */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** Rejects where the store cannot be read. */
  async read(): Promise<void> {
    const { positions, ids } = await this.#options.store.read();
    for (const [partition, position] of positions) this.#positions.set(partition, position);
    for (const id of ids) this.#ids.add(id);
  }

  /** Before any position of a record that names them. */
  name(ids: readonly string[]): void {
    const added = [...new Set(ids)].filter((id) => !this.#ids.has(id));
    for (const id of added) this.#ids.add(id);
    if (added.length > 0) this.#added = [...this.#added, ...added];
  }

  /** The log is another one. */
  forget(): void {
    this.#positions.clear();
    this.#wantSave();
  }

  done(position: Position): void {
    this.#positions.set(position.partition, position);
    this.#wantSave();
  }

  /** Resolves when nothing is being stored. */
  stored(): Promise<void> {
    return this.#saving;
  }

  /** Asked for while one waits, that one stores it all. */
  #wantSave(): void {
    if (this.#isSaveWanted) return;
    this.#isSaveWanted = true;
    this.#saving = this.#saving.then(() => this.#save());
  }

  async #save(): Promise<void> {
    const { store, logger } = this.#options;
    this.#isSaveWanted = false;
    const positions = new Map(this.#positions);
    const added = this.#added;
    try {
      if (added.length > 0) await store.addIds(added);
      this.#added = this.#added.slice(added.length);
      await store.writePositions(positions);
      this.#isStored = true;
      this.#onStored(positions);
    } catch (error) {
      this.#isStored = false;
      logger.error({ error: String(error) }, 'could not store how far it has come: a restart purges once more what was purged since');
    }
  }
}
