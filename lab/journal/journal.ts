/**
 * The crash journal: what would undo each fault in force, written and synced to disk before the fault is injected,
 * struck out after it is healed. After kill -9 of the lab it is all that is known, so an entry says everything its heal
 * needs.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { edgeConfigChange } from '../../services/protocol/edge-api.ts';
import { InexactJson, MalformedJson, parseExactJson } from '../../services/protocol/exact-json.ts';
import { InvalidInput, WorldFailed } from '../errors.ts';
import { makeFolder } from '../input/make-folder.ts';
import { stateHome } from '../input/places.ts';
import { printable } from '../input/printable.ts';
import { notWritten } from '../report/whole-files.ts';
import type { Variables } from '../topology/compose-file.ts';
import { settingsLayer } from '../worlds/setting-layers.ts';

const FILE = 'journal.json';
const ENTRIES_MAX = 1_000;

/** At the level of the world: containers by id, so that a cluster made anew is left alone. */
const undo = z.discriminatedUnion('do', [
  /** Removes the toxics whose names begin so. */
  z.strictObject({ do: z.literal('repair'), prefix: z.string() }),
  /** Puts a container back on a network, as it was. */
  z.strictObject({
    do: z.literal('reconnect'),
    container: z.string(),
    network: z.string(),
    endpoint: z.strictObject({ networkId: z.string(), address: z.string(), aliases: z.array(z.string()) }),
  }),
  /** Switches a proxy of a link on. */
  z.strictObject({ do: z.literal('enable'), proxy: z.string() }),
  z.strictObject({ do: z.literal('resume'), container: z.string() }),
  z.strictObject({ do: z.literal('start'), container: z.string() }),
  /** Lets a Redis take changes again. */
  z.strictObject({ do: z.literal('accept-writes'), container: z.string() }),
  /**
   * Gives an edge what it had without the lab. `layers` is what was wanted over it, for the next lab that starts that
   * edge.
   */
  z.strictObject({
    do: z.literal('configure'),
    region: z.string(),
    change: edgeConfigChange,
    layers: z.array(z.strictObject({ layer: settingsLayer, change: edgeConfigChange })).optional(),
  }),
]);
export type Undo = z.infer<typeof undo>;

const entry = z.strictObject({
  id: z.string(),
  /** What is in force, in a few words. */
  says: z.string(),
  undo,
  /** What it undoes has ended: no request of it can be on its way any more. */
  isDone: z.boolean().optional(),
});
export type JournalEntry = z.infer<typeof entry>;
const file = z.strictObject({ version: z.literal(1), entries: z.array(entry).max(ENTRIES_MAX) });

/** What a world writes down of faults that would outlive the lab. */
export interface UndoJournal {
  /**
   * Resolves when it is on disk. Throws InvalidInput where that very thing is in force: its undo is the one that leads
   * back.
   */
  write(entry: JournalEntry): Promise<void>;
  /** After it was injected. Only makes a heal after a crash quicker: see `isDone`. */
  done(id: string): Promise<void>;
  /** In the place of what this lab has written under that id. Resolves when it is on disk. */
  replace(entry: JournalEntry): Promise<void>;
  /** After its heal. */
  strike(id: string): Promise<void>;
}

/** For worlds that end with the lab. */
export const NO_JOURNAL: UndoJournal = {
  write: async () => {},
  replace: async () => {},
  done: async () => {},
  strike: async () => {},
};

/** Of a project. Throws InvalidInput where there is no place for it. */
export function stateFolder(project: string, variables: Variables): string {
  return join(stateHome(variables), 'edgesync-lab', project);
}

/** In brackets: what stands in it may have been written by anybody. */
function whyOf(error: unknown): string {
  if (error instanceof InexactJson) return printable(` (${error.path}: ${error.message})`);
  if (error instanceof MalformedJson) return ` (${error.message})`;
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  return issue === undefined ? '' : printable(` (${issue.path.map(String).join('.')}: ${issue.message})`);
}

export class Journal implements UndoJournal {
  readonly #folder: string;
  readonly #entries: Map<string, JournalEntry>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(folder: string, entries: readonly JournalEntry[]) {
    this.#folder = folder;
    this.#entries = new Map(entries.map((one) => [one.id, one]));
  }

  /** Throws WorldFailed for a journal that cannot be read: what it lists must not be forgotten. */
  static async open(folder: string): Promise<Journal> {
    const path = join(folder, FILE);
    try {
      return new Journal(folder, file.parse(parseExactJson(await readFile(path))).entries);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Journal(folder, []);
      throw new WorldFailed(
        `${path}: cannot be read, so the faults in this journal are unknown${whyOf(error)}. Look at the file, then remove it`,
        {
          cause: error,
        },
      );
    }
  }

  /** Oldest first. */
  get entries(): readonly JournalEntry[] {
    return [...this.#entries.values()];
  }

  async write(added: JournalEntry): Promise<void> {
    if (this.#entries.has(added.id))
      throw new InvalidInput(`${added.says} already, by an earlier command. Remove that first: edgesync-lab heal`);
    if (this.#entries.size >= ENTRIES_MAX) throw new WorldFailed(`expected at most ${ENTRIES_MAX} faults in the journal, got more`);
    this.#entries.set(added.id, added);
    try {
      await this.#save();
    } catch (error) {
      // Nothing is done that is not on disk, so nothing is to be undone either.
      this.#entries.delete(added.id);
      throw error;
    }
  }

  async done(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.set(id, { ...entry, isDone: true });
    await this.#save();
  }

  async replace(changed: JournalEntry): Promise<void> {
    if (!this.#entries.has(changed.id)) throw new TypeError(`expected ${changed.id} in the journal, got nothing to replace`);
    this.#entries.set(changed.id, changed);
    await this.#save();
  }

  async strike(id: string): Promise<void> {
    if (this.#entries.delete(id)) await this.#save();
  }

  async clear(): Promise<void> {
    if (this.#entries.size === 0) return;
    this.#entries.clear();
    await this.#save();
  }

  /** One at a time; each writes what there is when its turn comes. */
  #save(): Promise<void> {
    const path = join(this.#folder, FILE);
    const replaced = async () => {
      try {
        await this.#replace();
      } catch (error) {
        await rm(`${path}.new`, { force: true }).catch(() => {});
        throw notWritten(path, error);
      }
    };
    this.#writing = this.#writing.catch(() => {}).then(replaced);
    return this.#writing;
  }

  /** A whole file or the one before: the new one is synced, then takes its name, then the folder is synced. */
  async #replace(): Promise<void> {
    await makeFolder(this.#folder, 0o700);
    const path = join(this.#folder, FILE);
    const handle = await open(`${path}.new`, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ version: 1, entries: this.entries }, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${path}.new`, path);
    const folder = await open(this.#folder, 'r');
    await folder.sync().catch(() => {});
    await folder.close();
  }
}
