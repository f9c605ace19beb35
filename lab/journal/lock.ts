/**
 * One lab per project: a lock file that names its holder. One whose holder is dead is taken over, also after kill -9
 * and when its id has gone to another process since: the time that process started is part of the name.
 */
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sleep, systemClock } from '../../services/runtime/clock.ts';
import { statFields } from '../../services/runtime/process-stat.ts';
import { systemRandom } from '../../services/runtime/random.ts';
import { WorldFailed } from '../errors.ts';
import { makeFolder } from '../input/make-folder.ts';
import { notWritten } from '../report/whole-files.ts';

const FILE = 'lock';
const ATTEMPTS_MAX = 100;
const ASK_AGAIN_MS = 10;
/** Of the fields behind the name; the start is the 22nd of all. */
const START_FIELD = 19;

const holder = z.object({ pid: z.int(), startedAt: z.string() });
type Holder = z.infer<typeof holder>;

export interface Lock {
  release(): Promise<void>;
}

/** Where there is no /proc, the id alone must do. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return statFields(stat)[START_FIELD] ?? '';
}

async function isAlive({ pid, startedAt }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return (await startOf(pid)) === startedAt;
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return holder.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** The living process that holds the lock of that folder. */
export async function lockHolder(folder: string): Promise<number | undefined> {
  const found = await readHolder(join(folder, FILE));
  return found !== undefined && (await isAlive(found)) ? found.pid : undefined;
}

/** Throws WorldFailed naming the lab that holds it. */
export async function takeLock(folder: string, project: string): Promise<Lock> {
  const file = join(folder, FILE);
  await makeFolder(folder, 0o700);
  const own = JSON.stringify({ pid: process.pid, startedAt: await startOf(process.pid) });
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (await createWith(file, own)) return { release: () => rm(file, { force: true }) };
    const pid = await lockHolder(folder);
    if (pid !== undefined)
      throw new WorldFailed(
        `another lab (pid ${pid}) has the project ${project}, and only one lab at a time may use a project. End that lab, or use another --project`,
      );
    await discard(file, own);
  }
  throw new WorldFailed(`${file}: cannot be taken after ${ATTEMPTS_MAX} attempts. Remove the file if no lab runs`);
}

/** Whole or not at all: a lock without its holder's name would look dead. */
async function createWith(file: string, content: string): Promise<boolean> {
  const written = `${file}.${systemRandom.uuid()}`;
  try {
    await writeFile(written, content, { mode: 0o600 });
    await link(written, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw notWritten(file, error);
  } finally {
    await rm(written, { force: true });
  }
}

/**
 * Of those that find it dead one at a time looks again and removes it: a lock that was taken meanwhile must not be gone
 * for a moment, for then two could hold it. Whoever finds another one at it asks again.
 */
async function discard(file: string, own: string): Promise<void> {
  const guard = `${file}.discard`;
  if (!(await createWith(guard, own))) {
    const found = await readHolder(guard);
    // Killed between two steps: nobody is at it any more.
    if (found !== undefined && !(await isAlive(found))) await rm(guard, { force: true });
    return sleep(systemClock, ASK_AGAIN_MS);
  }
  try {
    const found = await readHolder(file);
    if (found === undefined || !(await isAlive(found))) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}
