/**
 * Where a run leaves what it has to show: DIR/<scenario>/history.ndjson and summary.json. Nothing that is there is ever written over:
 * DIR must be empty, each folder and file is made by us, and only its owner may read it.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../services/runtime/clock.ts';
import { InvalidInput } from './errors.ts';
import { HistoryFile } from './load/history-file.ts';
import { printable } from './printable.ts';
import type { Summary } from './report/events.ts';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export interface OutputFolder {
  readonly history: HistoryFile;
  writeSummary(summary: Summary): Promise<void>;
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
    return {
      history,
      writeSummary: (summary) =>
        writeFile(join(own, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`, { flag: 'wx', mode: FILE_MODE }),
    };
  });
}

async function attempt<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInput(printable(`--out ${folder}: expected a folder that can be made and written, got ${why}`), { cause: error });
  }
}
