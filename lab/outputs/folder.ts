/**
 * Where a run leaves what it has to show: DIR/<scenario>/history.ndjson (.zst), report.html, junit.xml, summary.md and
 * summary.json. Nothing that is there is ever written over: DIR must be empty, each folder and file is made by us, and
 * the umask says who may read it. The history grows in its place; the others, which tell the verdict, are all there or
 * none is.
 */

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../services/runtime/clock.ts';
import { InvalidInput } from '../errors.ts';
import { HistoryFile } from '../history/history-file.ts';
import type { HistoryLine } from '../history/history-lines.ts';
import { makeFolder } from '../input/make-folder.ts';
import { plural } from '../input/plural.ts';
import { printable } from '../input/printable.ts';
import { toJunit } from '../report/junit.ts';
import { anomaliesOf, type ReportSource } from '../report/source.ts';
import { toMarkdown } from '../report/summary-md.ts';
import { writeWhole } from '../report/whole-files.ts';
import type { Output, OutputKind, RunBegun, RunEnded } from './output.ts';

/** Less what the umask takes. */
const FOLDER_MODE = 0o777;
const FILE_MODE = 0o666;
const REPORT = 'report.html';

export const folder: OutputKind = {
  options: [
    {
      flags: '--out <dir>',
      about:
        'an empty folder for report.html, junit.xml, summary.md, summary.json and history.ndjson of each scenario, and for one junit.xml and summary.md of all',
      variable: 'EDGESYNC_OUT',
    },
    {
      flags: '--compress',
      about: 'write the history with zstd, as history.ndjson.zst, which analyze and shrink can read. Needs --out',
      variable: 'EDGESYNC_COMPRESS',
    },
  ],
  check: async ({ out, compress }) => {
    if (typeof out === 'string') return checkFolder(out);
    if (compress === true) throw new InvalidInput('--compress needs --out DIR: without a folder no history is written');
  },
  open: ({ asked: { out, compress }, clock }) =>
    typeof out === 'string' ? new RunFolder(out, clock, { isCompressed: compress === true }) : undefined,
};

/** Where the report of a scenario is, below the folder of `--out`. */
export function reportFileOf(below: string, scenario: string): string {
  return join(below, scenario, REPORT);
}

interface Opened {
  readonly run: RunBegun;
  readonly own: string;
  readonly history: HistoryFile;
}

/** The files of one run, in a folder of its own below `folder`. */
export class RunFolder implements Output {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #isCompressed: boolean;
  #opened: Opened | undefined;

  constructor(below: string, clock: Clock, { isCompressed = false }: { readonly isCompressed?: boolean } = {}) {
    this.#folder = below;
    this.#clock = clock;
    this.#isCompressed = isCompressed;
  }

  /** The id of a scenario is safe as a name. Throws InvalidInput when its folder is there already. */
  async start(run: RunBegun): Promise<void> {
    const own = join(this.#folder, run.scenario);
    this.#opened = await attempt(own, async () => {
      await mkdir(own, { mode: FOLDER_MODE });
      const [clock, isCompressed] = [this.#clock, this.#isCompressed];
      const path = join(own, isCompressed ? 'history.ndjson.zst' : 'history.ndjson');
      return { run, own, history: await HistoryFile.create({ path, clock, isCompressed }) };
    });
  }

  addLine(line: HistoryLine): void {
    this.#opened?.history.write(line);
  }

  /** Throws WorldFailed that names the file; then none of those that tell the verdict is there. */
  async stop(ended: RunEnded): Promise<void> {
    if (this.#opened === undefined) return;
    const { run, own, history } = this.#opened;
    await history.close();
    await writeReports(own, { ...run, ...ended });
  }
}

/** The reports of a run whose history was saved elsewhere, in `folder` itself. */
export class ReportsFolder implements Output {
  readonly #folder: string;
  #run: RunBegun | undefined;

  constructor(own: string) {
    this.#folder = own;
  }

  /** Throws InvalidInput unless the folder is empty, or can be made. */
  async start(run: RunBegun): Promise<void> {
    await checkFolder(this.#folder);
    this.#run = run;
  }

  /** Throws WorldFailed that names the file; then none of them is there. */
  async stop(ended: RunEnded): Promise<void> {
    if (this.#run !== undefined) await writeReports(this.#folder, { ...this.#run, ...ended });
  }
}

/**
 * Of a run that was not asked to leave them: in a new folder in `below`. Answers where the report is. Throws
 * InvalidInput or WorldFailed.
 */
export async function saveReports(below: string, source: ReportSource): Promise<string> {
  const own = await makeNew(join(below, `edgesync-${source.scenario}-${source.seed}`));
  await writeReports(own, source);
  return join(own, REPORT);
}

/** The first of `path`, `path-2`, `path-3` that is not there yet. */
async function makeNew(path: string, at = 1): Promise<string> {
  const own = at === 1 ? path : `${path}-${at}`;
  const isNew = await attempt(own, () =>
    mkdir(own, { mode: FOLDER_MODE }).then(
      () => true,
      (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' ? false : Promise.reject(error)),
    ),
  );
  return isNew ? own : makeNew(path, at + 1);
}

/** Throws InvalidInput unless the folder is empty, or can be made. */
export async function checkFolder(path: string): Promise<void> {
  const found = await attempt(path, async () => {
    await makeFolder(path, FOLDER_MODE);
    return readdir(path);
  });
  if (found.length > 0)
    throw new InvalidInput(
      printable(`--out ${path}: expected an empty folder, got one with ${plural(found.length, 'entry', 'entries')}; name another folder`),
    );
}

async function writeReports(own: string, given: ReportSource): Promise<void> {
  // Once for all of them: judging takes longer than drawing.
  const source = { ...given, anomalies: anomaliesOf(given) };
  // Loaded when there is something to draw: every other command starts without it.
  const { toHtml } = await import('../report/html/page.ts');
  await writeFiles(own, {
    [REPORT]: toHtml(source),
    'junit.xml': toJunit(source),
    'summary.md': toMarkdown(source),
    'summary.json': `${JSON.stringify(source.summary, null, 2)}\n`,
  });
}

/** All of them or none, by their names. Throws WorldFailed that names the file. */
export async function writeFiles(own: string, files: Readonly<Record<string, string>>): Promise<void> {
  await writeWhole(
    Object.entries(files).map(([name, text]) => ({ path: join(own, name), text })),
    { mode: FILE_MODE },
  );
}

async function attempt<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(printable(`--out ${path}: expected a folder that can be made and written, got ${why}`), { cause: error });
  }
}
