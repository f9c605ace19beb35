/** What a purger must know when it starts again: how far it has come in each partition of the log, and which contents there are. */
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Position } from '../edge/cache/cache.ts';

export interface PurgerState {
  /** By partition: the last record up to which every purge was taken. */
  readonly positions: ReadonlyMap<number, Position>;
  /** Of every content that the log has named. */
  readonly ids: ReadonlySet<string>;
}

export interface PurgerStore {
  read(): Promise<PurgerState>;
  /** One after another. */
  writePositions(positions: ReadonlyMap<number, Position>): Promise<void>;
  addIds(ids: readonly string[]): Promise<void>;
}

/** Lasts as long as whoever holds it. */
export class MemoryStore implements PurgerStore {
  #positions: ReadonlyMap<number, Position> = new Map();
  readonly #ids = new Set<string>();

  async read(): Promise<PurgerState> {
    return { positions: this.#positions, ids: this.#ids };
  }

  async writePositions(positions: ReadonlyMap<number, Position>): Promise<void> {
    this.#positions = new Map(positions);
  }

  async addIds(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#ids.add(id);
  }
}

const written = z.array(z.strictObject({ partition: z.int().nonnegative(), offset: z.int().min(-1), id: z.string(), time: z.number() }));

/** A file of positions, replaced as a whole, and beside it one of ids, a line each. */
export class FileStore implements PurgerStore {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Throws Error naming the file where it is none of a purger. */
  async read(): Promise<PurgerState> {
    const [positions, ids] = await Promise.all([textOf(this.#file), textOf(this.#idsFile)]);
    return {
      positions: new Map(this.#parse(positions).map((position) => [position.partition, position])),
      // A line that was cut off names another content: to purge that one, too, does no harm.
      ids: new Set((ids ?? '').split('\n').filter((id) => id !== '')),
    };
  }

  async writePositions(positions: ReadonlyMap<number, Position>): Promise<void> {
    const next = `${this.#file}.next`;
    await writeFile(next, JSON.stringify([...positions.values()]));
    await rename(next, this.#file);
  }

  async addIds(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await appendFile(this.#idsFile, ids.map((id) => `${id}\n`).join(''));
  }

  get #idsFile(): string {
    return `${this.#file}.ids`;
  }

  #parse(text: string | undefined): readonly Position[] {
    if (text === undefined) return [];
    try {
      return written.parse(JSON.parse(text));
    } catch (error) {
      throw new Error(`expected the positions of a purger in ${this.#file}: move that file away to begin anew`, { cause: error });
    }
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
