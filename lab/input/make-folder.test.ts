import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

let below: string;
beforeEach(async () => {
  below = await mkdtemp(join(tmpdir(), 'edgesync-folder-'));
});
afterEach(() => rm(below, { recursive: true }));

describe('a folder', () => {
  it('is made with those above it, and may be there', async () => {
    const path = join(below, 'one', 'two', 'three');
    await makeFolder(path, 0o700);
    await makeFolder(path, 0o700);
    for (const made of [path, join(below, 'one')]) expect((await stat(made)).mode & 0o777).toBe(0o700);
  });

  it('where a file is, or above it, is refused', async () => {
    const file = join(below, 'file');
    await writeFile(file, '');
    await expect(makeFolder(file, 0o700)).rejects.toThrow('EEXIST');
    await expect(makeFolder(join(file, 'below'), 0o700)).rejects.toThrow('ENOTDIR');
  });

  it.skipIf(process.getuid?.() === 0)('where nothing may be made is refused', async () => {
    await chmod(below, 0o500);
    await expect(makeFolder(join(below, 'one', 'two'), 0o700)).rejects.toThrow('EACCES');
    await chmod(below, 0o700);
  });

  it.skipIf(process.platform !== 'linux')('below /proc is refused, and does not hang', async () => {
    await expect(makeFolder('/proc/none', 0o700)).rejects.toThrow('ENOENT');
    await expect(makeFolder('/proc/none/of/these', 0o700)).rejects.toThrow('ENOENT');
  });
});
