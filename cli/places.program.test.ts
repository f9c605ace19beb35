/** The program started in two folders, each with what a careless environment would make of it a place of the lab. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram } from './testing/process.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-places-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What would end every command with 104 if it were read. */
async function leaveConfig(...path: readonly string[]): Promise<void> {
  const there = join(folder, ...path, 'edgesync-lab');
  await mkdir(there, { recursive: true });
  await writeFile(join(there, 'config.yaml'), 'no-such-key: 1\n');
}

const run = (words: readonly string[], env: NodeJS.ProcessEnv) => startProgram(words, { cwd: folder, env }).ended;

describe('an environment that names places carelessly', () => {
  it.each([
    ['an empty home', { HOME: '', XDG_CONFIG_HOME: '' }, ['.config']],
    ['a relative home', { HOME: 'here', XDG_CONFIG_HOME: '' }, ['here', '.config']],
    ['a relative folder of settings', { XDG_CONFIG_HOME: 'settings' }, ['settings']],
  ])('with %s has no settings read from the folder one stands in', async (_what, env, path) => {
    await leaveConfig(...path);
    expect((await run(['list'], env)).code).toBe(0);
  });

  it('with an absolute folder of settings has them read', async () => {
    await leaveConfig('settings');
    const { code, stderr } = await run(['list'], { XDG_CONFIG_HOME: join(folder, 'settings') });
    expect(stderr).toContain('config.yaml:1: no-such-key: no such key');
    expect(code).toBe(104);
  });

  it.each([
    ['EDGESYNC_OUT', 'reports'],
    ['EDGESYNC_COMPOSE', './compose.yaml'],
  ])('is refused when %s is relative, and nothing is written', async (name, value) => {
    const { code, stderr } = await run(['sim', '--seeds', '1'], { [name]: value });
    expect(stderr).toContain(`${name}: expected an absolute path, which does not depend on the working folder, got "${value}"`);
    expect(code).toBe(104);
    expect(await readdir(folder)).toEqual([]);
  });

  it('means nothing by an empty path, and is not asked where a flag says otherwise', async () => {
    expect((await run(['sim', '--seeds', '1', '--jobs', '1'], { EDGESYNC_OUT: '', EDGESYNC_COMPOSE: '' })).stdout).toMatch(/^PASS/m);
    expect(await readdir(folder)).toEqual([]);
    expect((await run(['sim', '--seeds', '1', '--jobs', '1', '--out', 'mine'], { EDGESYNC_OUT: 'reports' })).code).toBe(0);
    expect(await readdir(folder)).toEqual(['mine']);
  });

  it('is refused by file and line when the settings name a relative path', async () => {
    await mkdir(join(folder, 'edgesync-lab'));
    await writeFile(join(folder, 'edgesync-lab', 'config.yaml'), 'theme: light\ncompose: mine.yaml\n');
    const { code, stderr } = await run(['sim', '--seeds', '1'], { XDG_CONFIG_HOME: folder });
    expect(stderr).toMatch(/config\.yaml:2: compose: expected an absolute path.*got "mine\.yaml"/);
    expect(code).toBe(104);
  });
});
