/** Reports that nobody asked for before the run: each in a folder of its own. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reportSource } from '../report/testing/report.ts';
import { saveReports } from './folder.ts';

it('are saved beside those of before, never over them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-folder-'));
  try {
    const source = reportSource();
    await mkdir(join(folder, 'edgesync-one-42-2'));
    const first = await saveReports(folder, source);
    const third = await saveReports(folder, source);
    expect([first, third]).toEqual([join(folder, 'edgesync-one-42', 'report.html'), join(folder, 'edgesync-one-42-3', 'report.html')]);
    expect((await readdir(join(folder, 'edgesync-one-42'))).sort()).toEqual(['junit.xml', 'report.html', 'summary.json', 'summary.md']);
    expect(await readFile(first, 'utf8')).toBe(await readFile(third, 'utf8'));
    expect(await readdir(join(folder, 'edgesync-one-42-2'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('are refused with the path where no folder can be made', async () => {
  await expect(saveReports('/proc/none', reportSource())).rejects.toThrow('/proc/none/edgesync-one-42');
});
