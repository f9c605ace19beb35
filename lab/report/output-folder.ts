/**
 * Where a run leaves what it has to show: DIR/<scenario>/history.ndjson, report.html, junit.xml and summary.json. Nothing that is there
 * is ever written over: DIR must be empty, each folder and file is made by us, and only its owner may read it. The history grows in its
 * place; the others, which tell the verdict, are all there or none is.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../services/runtime/clock.ts';
import { InvalidInput } from '../errors.ts';
import { HistoryFile } from '../history/history-file.ts';
import { printable } from '../input/printable.ts';
import { toJunit } from './junit.ts';
import type { ReportSource } from './source.ts';
import { writeWhole } from './whole-files.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export interface OutputFolder {
  readonly history: HistoryFile;
  /** Everything but the history, which was written as it grew. Throws WorldFailed that names the file; then none of them is there. */
  writeReports(source: ReportSource): Promise<void>;
}

/** Throws InvalidInput unless the folder is empty, or can be made. */
export async function checkOutput(folder: string): Promise<void> {
  const found = await attempt(folder, async () => {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    return readdir(folder);
  });
  if (found.length > 0)
    throw new InvalidInput(printable(`--out ${folder}: expected an empty folder, got one with ${found.length} entries; name another one`));
}

/** `scenario` is an id, which is what makes it safe as a name. Throws InvalidInput when its folder is there already. */
export async function createOutput(folder: string, scenario: string, clock: Clock): Promise<OutputFolder> {
  const own = join(folder, scenario);
  return attempt(own, async () => {
    await mkdir(own, { mode: FOLDER_MODE });
    const history = await HistoryFile.create(join(own, 'history.ndjson'), clock);
    return { history, writeReports: (source) => writeReports(own, source) };
  });
}

/**
 * The reports of a history that was saved elsewhere, in a folder of their own. Throws InvalidInput unless it is empty, or can be made, and
 * WorldFailed when they cannot be written.
 */
export async function saveReports(folder: string, source: ReportSource): Promise<void> {
  await checkOutput(folder);
  await writeReports(folder, source);
}

async function writeReports(own: string, source: ReportSource): Promise<void> {
  // Loaded when there is something to draw: every other command starts without it.
  const { toHtml } = await import('./html/page.ts');
  const files = {
    'report.html': toHtml(source),
    'junit.xml': toJunit(source),
    'summary.json': `${JSON.stringify(source.summary, null, 2)}\n`,
  };
  await writeWhole(
    Object.entries(files).map(([name, text]) => ({ path: join(own, name), text })),
    { mode: FILE_MODE },
  );
}

async function attempt<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(printable(`--out ${folder}: expected a folder that can be made and written, got ${why}`), { cause: error });
  }
}
