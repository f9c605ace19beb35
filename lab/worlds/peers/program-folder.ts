/** The folder of a program: its files, and whose they are. */
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WorldFailed } from '../../errors.ts';

export interface FolderSpec {
  /** By their names below its folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  readonly owner: string | undefined;
}

/** Whoever gives up being root must still be able to write there. */
export async function lay(dir: string, { files, folders, owner }: FolderSpec): Promise<void> {
  const all = new Set<string>([dir]);
  const add = async (folder: string) => {
    await mkdir(folder, { recursive: true });
    for (let at = folder; at.startsWith(dir); at = dirname(at)) all.add(at);
  };
  for (const folder of folders) await add(join(dir, folder));
  for (const [name, text] of Object.entries(files)) {
    const file = join(dir, name);
    await add(dirname(file));
    await writeFile(file, text);
    all.add(file);
  }
  if (owner === undefined || process.getuid?.() !== 0) return;
  const ids = await idsOf(owner);
  for (const place of all) await chown(place, ids.uid, ids.gid);
}

/** Throws WorldFailed for a user that this machine does not have. */
async function idsOf(owner: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const row = (await readFile('/etc/passwd', 'utf8')).split('\n').find((line) => line.startsWith(`${owner}:`));
  const [, , uid, gid] = row?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new WorldFailed(`expected a user ${owner} on this machine, found none`);
  return { uid: Number(uid), gid: Number(gid) };
}
