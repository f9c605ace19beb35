import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockHolder, takeLock } from './lock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('the lock of a project', () => {
  it('is held by one lab, and a second is told which', async () => {
    const lock = await takeLock(folder, 'edgesync');
    await expect(takeLock(folder, 'edgesync')).rejects.toThrow(`another lab (pid ${process.pid}) has the project edgesync`);
    expect(await lockHolder(folder)).toBe(process.pid);
    await lock.release();
    expect(await lockHolder(folder)).toBeUndefined();
    await (await takeLock(folder, 'edgesync')).release();
  });

  it.each([
    ['of a process that is dead', async () => JSON.stringify({ pid: await deadProcess(), startedAt: '1' })],
    ['of a process whose id has gone to another', async () => JSON.stringify({ pid: process.pid, startedAt: '1' })],
    ['that cannot be read', async () => '{'],
  ])('%s is taken over', async (_whose, content) => {
    await writeFile(join(folder, 'lock'), await content());
    const lock = await takeLock(folder, 'edgesync');
    expect(await lockHolder(folder)).toBe(process.pid);
    await lock.release();
  });

  it.each(Array.from({ length: 20 }, (_, round) => round))('that is dead goes to one of many that want it, in round %i', async () => {
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: await deadProcess(), startedAt: '1' }));
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(folder, 'edgesync')));
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(JSON.parse(await readFile(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await readdir(folder)).toEqual(['lock']);
  });
});
