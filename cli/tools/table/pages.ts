/** The table of caches, its witnesses and its recipes, as Markdown. */
import { RACES } from '../../../lab/races/races.ts';
import { OWN_TARGETS } from '../../../lab/targets/own-targets.ts';
import { code, toTable } from '../docs/markdown.ts';
import { type CacheRow, cacheOf, readRows } from './rows.ts';
import { orderedPresets } from './subjects.ts';

const NOT_RUN = '-';
/** What README shows: one purge of each cache as it comes, with an answer under way. */
const SHORT = { purge: 'hard key', races: ['in-head', 'in-304', 'in-404', 'refill-twice'] };
const RECIPE_OF_NONE = 'nothing to mend';
const CROWD = 'crowd';
const SHOWN: Readonly<Record<CacheRow['cells'][string], string>> = {
  ok: 'ok',
  waits: 'waits',
  late: 'late',
  kept: '**kept**',
  unjudged: NOT_RUN,
};

export async function cachesTable(): Promise<string> {
  const races = RACES.map(({ name }) => name).filter((name) => name !== CROWD);
  const rows = (await readRows()).map(({ preset, version, purge, cells, crowdFetches }) => [
    OWN_TARGETS.some(({ name }) => name === preset) ? code(preset) : `[${code(preset)}](../lab/targets/${preset}.yaml)`,
    version,
    purge,
    ...races.map((race) => cellText(cells[race])),
    crowdFetches ?? NOT_RUN,
  ]);
  return toTable([['preset', 'version', 'purge', ...races, 'fetches for 40 readers'], ...rows]);
}

/** Of our own edge one row, of others those that are no recipe; a recipe stands in the row that it mends. */
export async function cachesShort(): Promise<string> {
  const presets = await orderedPresets();
  const rows = (await readRows()).filter(({ purge }) => purge === SHORT.purge);
  const isShown = (preset: string) =>
    preset === OWN_TARGETS[0]?.name || presets.some(({ name, mends }) => name === preset && mends === undefined);
  const told = rows
    .filter(({ preset }) => isShown(preset))
    .map((row) => [
      code(row.preset),
      row.version,
      ...SHORT.races.map((race) => cellText(row.cells[race])),
      mendedBy(
        row,
        presets.flatMap(({ name, mends }) => (mends === row.preset ? [name] : [])),
      ),
    ]);
  return toTable([['cache', 'version', ...SHORT.races, 'mended by'], ...told]);
}

function mendedBy({ cells }: CacheRow, recipes: readonly string[]): string {
  if (!SHORT.races.some((race) => cells[race] === 'kept')) return RECIPE_OF_NONE;
  return recipes.map(code).join(', ') || 'no preset';
}

function cellText(outcome: CacheRow['cells'][string] | undefined): string {
  return outcome === undefined ? NOT_RUN : SHOWN[outcome];
}

export async function cacheWitnesses(): Promise<string> {
  const presets = await orderedPresets();
  const all = await readRows();
  /** Of the same cache, by the same purge, with nothing kept. */
  const mending = ({ preset, version, purge }: CacheRow) =>
    presets
      .filter(({ mends }) => mends === preset)
      .filter(({ name }) => all.some((row) => row.preset === name && row.version === version && row.purge === purge && !row.witness))
      .map(({ name }) => `${purge} by ${code(name)}`);
  const parts = [...Map.groupBy(all, cacheOf)].flatMap(([cache, rows]) => {
    const kept = rows.filter(({ witness }) => witness !== undefined);
    if (kept.length === 0) return [];
    const blocks = kept.map(({ purge, witness }) => [`${purge}, ${witness?.race}`, ...(witness?.lines ?? [])].join('\n'));
    const mended = kept.flatMap(mending);
    const last = mended.length === 0 ? 'No preset mends it.' : `Mended: ${mended.join(', ')}.`;
    return [`### ${cache}\n\n\`\`\`text\n${blocks.join('\n\n')}\n\`\`\`\n\n${last}`];
  });
  return parts.join('\n\n');
}

export async function cacheRecipes(): Promise<string> {
  const rows = await readRows();
  const recipes = (await orderedPresets()).flatMap(({ name, mends, about }) => (mends === undefined ? [] : [{ name, mends, about }]));
  const told = recipes.flatMap(({ name, mends, about }) =>
    rows
      .filter(({ preset }) => preset === name)
      .flatMap((after) => {
        const before = rows.find(({ preset, version, purge }) => preset === mends && version === after.version && purge === after.purge);
        return before === undefined
          ? []
          : [[`${code(mends)} ${after.version}`, code(name), about, after.purge, sumOf(before), sumOf(after)]];
      }),
  );
  return toTable([['cache', 'recipe', '', 'purge', 'before', 'after'], ...told]);
}

/** `6 kept of 8`. */
function sumOf({ cells }: CacheRow): string {
  const outcomes = Object.values(cells);
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  const [kept, late, waits] = [count('kept'), count('late'), count('waits')];
  const more = [late === 0 ? [] : [`${late} late`], waits === 0 ? [] : [`${waits} wait`]].flat();
  return [`${kept} kept`, ...more].join(', ');
}
