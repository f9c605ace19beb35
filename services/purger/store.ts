/**
 * What a purger must know when it starts again: how far it has come in each partition of the log, and which contents
 * there are.
 */
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Position } from '../edge/cache/cache.ts';
import { contentId } from '../protocol/content.ts';

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

const position = z.strictObject({ partition: z.int().nonnegative(), offset: z.int().min(-1), id: z.string(), time: z.number() });
/** With the region: what was purged from one cache says nothing of another. */
const written = z.strictObject({ region: z.string(), positions: z.array(position) });
type WrittenPositions = z.infer<typeof written>;

export interface FileStoreOptions {
  readonly file: string;
  readonly region: string;
}

/**
 * A file of positions, replaced as a whole, and beside it one of ids, a line each. Both are on the disk when a write
 * resolves.
 */
export class FileStore implements PurgerStore {
  readonly #file: string;
  readonly #region: string;

  private constructor({ file, region }: FileStoreOptions) {
    this.#file = file;
    this.#region = region;
  }

  /** Throws Error naming the file where it is none of this purger, or cannot be written. */
  static async open(options: FileStoreOptions): Promise<FileStore> {
    const store = new FileStore(options);
    // Before anything is written: a file that is none of a purger must stay as it is.
    const { positions } = await store.read();
    try {
      await store.writePositions(positions);
    } catch (error) {
      throw new Error(`expected a place that can be written at ${options.file}, got ${String(error)}`, { cause: error });
    }
    return store;
  }

  /** Throws Error naming the file where it is none of this purger. */
  async read(): Promise<PurgerState> {
    const [positions, ids] = await Promise.all([textOf(this.#file), textOf(this.#idsFile)]);
    return { positions: this.#parsePositions(positions), ids: this.#parseIds(ids) };
  }

  async writePositions(positions: ReadonlyMap<number, Position>): Promise<void> {
    const next = `${this.#file}.next`;
    const text: WrittenPositions = { region: this.#region, positions: [...positions.values()] };
    await writeFile(next, `${JSON.stringify(text)}\n`, { flush: true });
    await rename(next, this.#file);
  }

  /** Begins a line of its own: a full disk or an end may have cut off the last one. */
  async addIds(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await appendFile(this.#idsFile, `\n${ids.join('\n')}\n`, { flush: true });
  }

  get #idsFile(): string {
    return `${this.#file}.ids`;
  }

  #parsePositions(text: string | undefined): ReadonlyMap<number, Position> {
    if (text === undefined) return new Map();
    const { region, positions } = parsed(this.#file, text);
    if (region !== this.#region)
      throw new Error(`expected the positions of a purger of ${this.#region} in ${this.#file}, got those of one of ${region}`);
    return new Map(positions.map((position) => [position.partition, position]));
  }

  /** A line that was cut off names another content: to purge that one, too, does no harm. */
  #parseIds(text: string | undefined): ReadonlySet<string> {
    const lines = (text ?? '').split('\n').filter((line) => line !== '');
    if (lines.some((line) => !contentId.safeParse(line).success))
      throw new Error(`expected an id of a content in each line of ${this.#idsFile}: move that file away to begin anew`);
    return new Set(lines);
  }
}

function parsed(file: string, text: string): WrittenPositions {
  try {
    return written.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`expected the positions of a purger in ${file}: move that file away to begin anew`, { cause: error });
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`expected a file that can be read at ${file}, got ${String(error)}`, { cause: error });
  }
}
