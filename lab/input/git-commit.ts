/**
 * Which commit a folder is a checkout of, read from the files of git: no process is started, so none can hang. What it
 * does not understand is no commit.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const HASH = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
/** `refs/heads/main`; nothing that leads out of the folder of git. */
const REF = /^refs\/(?!.*\.\.)[\w./@+-]{1,250}$/;
const FOLDERS_UP_MAX = 40;
/** Of a file that holds one line, and of one with a line for each branch and tag. */
const LINE_BYTES_MAX = 4_096;
const REFS_BYTES_MAX = 16 * 1024 * 1024;

/** undefined: it is none, or has no commit yet. */
export async function readCommit(folder: string): Promise<string | undefined> {
  const git = await gitFolder(resolve(folder));
  if (git === undefined) return undefined;
  const head = await lineOf(join(git, 'HEAD'));
  if (head === undefined || HASH.test(head)) return head;
  const ref = head.replace(/^ref: /, '');
  if (!REF.test(ref)) return undefined;
  // A second work tree has a HEAD of its own and shares the branches.
  const common = await lineOf(join(git, 'commondir'));
  const shared = common === undefined ? git : resolve(git, common);
  const loose = (await lineOf(join(git, ref))) ?? (await lineOf(join(shared, ref)));
  const found = loose ?? (await packed(join(shared, 'packed-refs'), ref));
  return found !== undefined && HASH.test(found) ? found : undefined;
}

async function gitFolder(folder: string): Promise<string | undefined> {
  let at = folder;
  for (let up = 0; up < FOLDERS_UP_MAX; up += 1) {
    const path = join(at, '.git');
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) return path;
    if (found?.isFile()) {
      const line = await lineOf(path);
      return line?.startsWith('gitdir: ') ? resolve(at, line.slice('gitdir: '.length)) : undefined;
    }
    if (dirname(at) === at) return undefined;
    at = dirname(at);
  }
  return undefined;
}

async function textOf(path: string, bytesMax: number): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size > bytesMax) return undefined;
  return readFile(path, 'utf8').catch(() => undefined);
}

async function lineOf(path: string): Promise<string | undefined> {
  return (await textOf(path, LINE_BYTES_MAX))?.trim();
}

async function packed(path: string, ref: string): Promise<string | undefined> {
  const lines = (await textOf(path, REFS_BYTES_MAX))?.split('\n') ?? [];
  return lines.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0];
}
