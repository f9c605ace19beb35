/** What `compare` does with two places: finds the runs in each, holds them against each other, and tells it. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { compareSides } from '../../lab/compare/compare.ts';
import { comparisonLines } from '../../lab/compare/comparison-lines.ts';
import { readDurations, type Side } from '../../lab/compare/side.ts';
import { EXIT, type ExitCode, InvalidInput } from '../../lab/errors.ts';
import { readHistory } from '../../lab/history/read-history.ts';
import { printable } from '../../lab/input/printable.ts';
import { summary as summarySchema } from '../../lab/report/events.ts';
import { type AnalysisListener, judgedSource } from './analysis.ts';

export interface CompareJob {
  readonly a: string;
  readonly b: string;
  readonly tolerance: number;
  readonly json?: boolean;
}

const SUMMARY = 'summary.json';
const HISTORIES = ['history.ndjson', 'history.ndjson.zst'];
/** Far above every summary there is. */
const SUMMARY_BYTES_MAX = 16 * 1024 * 1024;
const SCENARIOS_MAX = 1_000;

/** Throws InvalidInput for a place without a run, and where the two have no scenario in common. */
export async function compareRuns({ a, b, tolerance, json }: CompareJob, listener: AnalysisListener): Promise<ExitCode> {
  const [sidesA, sidesB] = [await readSides(a, listener), await readSides(b, listener)];
  const comparison = compareSides({ a: sidesA, b: sidesB, tolerancePercent: tolerance });
  const exitCode = comparison.worse === 0 ? EXIT.pass : EXIT.threshold;
  if (json) listener.line(JSON.stringify({ a, b, exitCode, ...comparison }));
  else for (const line of comparisonLines({ a, b, ...comparison })) listener.line(line);
  return exitCode;
}

async function readSides(path: string, listener: AnalysisListener): Promise<readonly Side[]> {
  const kind = await stat(path).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(printable(`${path}: expected a summary.json, a history, or a folder of run --out, got ${why}`));
  });
  if (kind.isDirectory()) return readFolder(path);
  if (kind.isFile() && (kind.size <= SUMMARY_BYTES_MAX || path.endsWith('.json'))) {
    const text = await readFile(path, 'utf8');
    if (/^\s*\{\s*"type"\s*:\s*"Summary"/.test(text) || path.endsWith('.json')) return [toSide(scenarioAt(path), path, text)];
  }
  const { scenario, summary, history } = await judgedSource(path, listener);
  return [{ scenario, summary, readMs: readDurations(history) }];
}

/** The folder of a scenario, or of all those of a run. */
async function readFolder(folder: string): Promise<readonly Side[]> {
  const names = (await readdir(folder)).sort();
  if (names.includes(SUMMARY)) return [await readScenario(folder)];
  const below = await Promise.all(names.map(async (name) => ({ name, has: await hasSummary(join(folder, name)) })));
  const found = below.filter(({ has }) => has).map(({ name }) => join(folder, name));
  if (found.length === 0)
    throw new InvalidInput(printable(`${folder}: expected a folder of run --out, got one without a ${SUMMARY} in it`));
  if (found.length > SCENARIOS_MAX)
    throw new InvalidInput(printable(`${folder}: expected at most ${SCENARIOS_MAX} scenarios, got ${found.length}`));
  const sides: Side[] = [];
  // One after another: each history is in memory while it is read.
  for (const one of found) sides.push(await readScenario(one));
  return sides;
}

async function hasSummary(folder: string): Promise<boolean> {
  return stat(join(folder, SUMMARY)).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function readScenario(folder: string): Promise<Side> {
  const file = join(folder, SUMMARY);
  const side = toSide(scenarioAt(file), file, await readFile(file, 'utf8'));
  const [history] = (await readdir(folder)).filter((name) => HISTORIES.includes(name));
  // A run that ended before its first line has an empty one.
  if (history === undefined || (await stat(join(folder, history))).size === 0) return side;
  return { ...side, readMs: readDurations((await readHistory(join(folder, history))).history) };
}

/** A summary does not name its scenario; its folder does. */
function scenarioAt(file: string): string {
  return basename(resolve(file, '..'));
}

function toSide(scenario: string, file: string, text: string): Side {
  return { scenario, summary: parseSummary(file, text) };
}

function parseSummary(file: string, text: string): Side['summary'] {
  const { success, data, error } = summarySchema.safeParse(toJson(file, text));
  if (success) return data;
  const [issue] = error.issues;
  throw new InvalidInput(printable(`${file}: expected a summary.json of this version, got ${issue?.path.join('.')}: ${issue?.message}`));
}

function toJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInput(printable(`${file}: expected a summary.json, got no JSON (${error instanceof Error ? error.message : ''})`), {
      cause: error,
    });
  }
}
