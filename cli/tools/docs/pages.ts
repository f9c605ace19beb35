/** Which generated tables there are, and the pages with them written anew. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRecipes, cachesShort, cachesTable, cacheWitnesses } from '../table/pages.ts';
import { eventTable, historyTable, operationTable, planTable, summaryTable } from './event-tables.ts';
import { checkTable, faultTable, metricTable, mutantTable, platformTable, raceTable, scenarioTable, targetTable } from './lab-tables.ts';
import { namesOfBlocks, withBlock } from './markdown.ts';
import { commandTable, configFileTable, exitCodeTable, keyTable, optionTable } from './program-tables.ts';
import {
  edgeMetricsTable,
  errorTable,
  originMetricsTable,
  prometheusTable,
  purgerPrometheusTable,
  settingTable,
} from './service-tables.ts';

export const ROOT = join(import.meta.dirname, '../../..');

/** By the name between the markers. A table may stand in several pages. */
export const TABLES: Readonly<Record<string, () => string | Promise<string>>> = {
  'where-it-runs': platformTable,
  scenarios: scenarioTable,
  faults: faultTable,
  checks: checkTable,
  metrics: metricTable,
  mutants: mutantTable,
  races: raceTable,
  targets: targetTable,
  caches: cachesTable,
  'caches-short': cachesShort,
  'cache-witnesses': cacheWitnesses,
  'cache-recipes': cacheRecipes,
  commands: commandTable,
  options: optionTable,
  'exit-codes': exitCodeTable,
  keys: keyTable,
  'config-file': configFileTable,
  'origin-settings': () => settingTable('origin'),
  'edge-settings': () => settingTable('edge'),
  'purger-settings': () => settingTable('purger'),
  'purger-prometheus': purgerPrometheusTable,
  'upstream-settings': () => settingTable('upstream'),
  errors: errorTable,
  prometheus: prometheusTable,
  'edge-metrics': edgeMetricsTable,
  'origin-metrics': originMetricsTable,
  events: eventTable,
  summary: summaryTable,
  plan: planTable,
  history: historyTable,
  operations: operationTable,
};

/** Paths from the root: README, CHANGELOG and every page of docs. */
export async function pagePaths(): Promise<readonly string[]> {
  const docs = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).sort();
  return ['README.md', 'CHANGELOG.md', ...docs.map((name) => `docs/${name}`)];
}

export function readPage(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}

/** With every table of the page made anew. Throws for a place whose table nobody makes. */
export async function generated(path: string): Promise<string> {
  let text = await readPage(path);
  for (const name of namesOfBlocks(text)) {
    const table = TABLES[name];
    if (table === undefined)
      throw new Error(`${path}: expected a table that there is (${Object.keys(TABLES).join(', ')}), got <!-- ${name} -->`);
    text = withBlock(text, name, await table());
  }
  return text;
}
