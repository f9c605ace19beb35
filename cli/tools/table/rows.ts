/** The table of caches as data: `docs/caches.json`. A row is a purge of a preset in a version. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OUTCOMES } from '../../../lab/races/race.ts';

export const CACHES_FILE = join(import.meta.dirname, '../../../docs/caches.json');
export const WITNESS_LINES_MAX = 5;

const outcome = z.enum(OUTCOMES);

const cacheRow = z.strictObject({
  preset: z.string(),
  /** As the program says; `unknown` where it does not. */
  version: z.string(),
  /** `hard key`; `none` for a cache that declares no purge. */
  purge: z.string(),
  /** By race. What was not run for this purge is left out. */
  cells: z.record(z.string(), outcome),
  /**
   * Of forty readers at once: `few` are one to four. Who waits for the fetch of another makes one, and now and then one
   * more.
   */
  crowdFetches: z.enum(['0', 'few', 'many']).optional(),
  /** Of the first race that was kept. */
  witness: z.strictObject({ race: z.string(), lines: z.array(z.string()).min(1).max(WITNESS_LINES_MAX) }).optional(),
});
export type CacheRow = Readonly<z.infer<typeof cacheRow>>;

const cachesFile = z.strictObject({ tableVersion: z.literal(1), rows: z.array(cacheRow) });

export async function readRows(): Promise<readonly CacheRow[]> {
  return cachesFile.parse(JSON.parse(await readFile(CACHES_FILE, 'utf8'))).rows;
}

export function toText(rows: readonly CacheRow[]): string {
  return `${JSON.stringify({ tableVersion: 1, rows }, null, 2)}\n`;
}

/** `varnish 7.1.1`. */
export function cacheOf({ preset, version }: Pick<CacheRow, 'preset' | 'version'>): string {
  return `${preset} ${version}`;
}
