/**
 * The table that is there against what was measured now. A version that is not there yet is a new row, and no
 * difference.
 */
import { type CacheRow, cacheOf } from './rows.ts';

export interface Compared {
  /** A sentence for each cell that is another one at the same version. */
  readonly differences: readonly string[];
  /** `varnish 7.5.0`. */
  readonly added: readonly string[];
}

export function compareRows(stored: readonly CacheRow[], measured: readonly CacheRow[]): Compared {
  const known = Map.groupBy(stored, cacheOf);
  const caches = [...Map.groupBy(measured, cacheOf)];
  return {
    differences: caches.flatMap(([cache, rows]) => differencesOf(cache, known.get(cache) ?? [], rows)),
    added: caches.flatMap(([cache]) => (known.has(cache) ? [] : [cache])),
  };
}

function differencesOf(cache: string, stored: readonly CacheRow[], measured: readonly CacheRow[]): readonly string[] {
  if (stored.length === 0) return [];
  const purges = new Set([...stored, ...measured].map(({ purge }) => purge));
  return [...purges].flatMap((purge) => {
    const [before, now] = [stored, measured].map((rows) => rows.find((row) => row.purge === purge)?.cells ?? {});
    const races = new Set([...Object.keys(before ?? {}), ...Object.keys(now ?? {})]);
    return [...races].flatMap((race) => {
      const [expected = 'nothing', got = 'nothing'] = [before?.[race], now?.[race]];
      return expected === got ? [] : [`${cache}, ${purge}, ${race}: expected ${expected}, got ${got}`];
    });
  });
}

/**
 * What was measured takes the place of the same preset in the same version. Other versions stay, and so do presets that
 * this machine cannot run; what is no preset any more goes.
 */
export function mergeRows(stored: readonly CacheRow[], measured: readonly CacheRow[], presets: readonly string[]): readonly CacheRow[] {
  const fresh = new Set(measured.map(cacheOf));
  const rows = [...stored.filter((row) => !fresh.has(cacheOf(row)) && presets.includes(row.preset)), ...measured];
  const byVersion = new Intl.Collator('en', { numeric: true });
  return rows
    .map((row, at) => ({ row, at }))
    .sort(
      (one, other) =>
        presets.indexOf(one.row.preset) - presets.indexOf(other.row.preset) ||
        byVersion.compare(other.row.version, one.row.version) ||
        one.at - other.at,
    )
    .map(({ row }) => row);
}
