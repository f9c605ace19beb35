/** Every command of README is run, and what README and docs show as its output is what it prints. */
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram } from '../../testing/process.ts';
import { hasServer } from '../../testing/servers.ts';
import { pagePaths, readPage } from './pages.ts';
import { type Print, shownCommands, withOutput } from './shown-output.ts';

const SHOWN_MS_MAX = 240_000;
/** By a word of a command: the program that it needs. */
const NEEDED = { varnish: '/usr/sbin/varnishd', squid: '/usr/sbin/squid', 'redis-aside': '/usr/bin/redis-server' };

interface Run {
  /** Behind the words that README shows: shorter, and beside other worlds. */
  readonly more?: readonly string[];
  readonly codes: readonly number[];
  /** Below the folder where it is run. */
  readonly leaves?: readonly string[];
}

/** A file that runs the command in a way of its own, or how it is run here. */
const HELD: Readonly<Record<string, string | Run>> = {
  'npm ci && npm start': 'cli/terminal.program.test.ts',
  'npm start': 'cli/terminal.program.test.ts',
  'npm ci && npm test': '.ci/run',
  'npm ci': '.ci/run',
  'npm start -- --tour': 'cli/tour.program.test.ts',
  'npm start -- up --backend docker': 'cli/original/docker.cluster.test.ts',
  'npm start -- list targets': { codes: [0] },
  'npm start -- doctor': { more: ['--backend', 'embedded', '--ports', 'auto'], codes: [0] },
  // A second of load may show too little to judge.
  'npm start -- run partition-kafka --backend embedded': { more: ['--ports', 'auto', '--duration', '1s'], codes: [0, 2] },
  'npm start -- run baseline partition-kafka --backend embedded --ports auto --rerun-unknown 2 --out reports': {
    more: ['--duration', '1s', '--rerun-unknown', '1'],
    codes: [0, 2],
    leaves: ['baseline', 'junit.xml', 'partition-kafka', 'summary.md'],
  },
};

/** Others may enter: some caches give up being root. */
async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-shown-'));
  await chmod(folder, 0o755);
  return use(folder).finally(() => rm(folder, { recursive: true, force: true }));
}

/** By the command: what two pages show is run once. */
const printed = new Map<string, ReturnType<Print>>();

async function runHere(words: readonly string[], variables: Readonly<Record<string, string>>): ReturnType<Print> {
  const needed = Object.entries(NEEDED).flatMap(([word, file]) => (words.includes(word) ? [file] : []));
  const isHere = await Promise.all(needed.map(hasServer));
  if (isHere.includes(false)) return;
  return inFolder((folder) => startProgram(words, { cwd: folder, env: { TMPDIR: folder, ...variables } }).ended);
}

const print: Print = (words, variables) => {
  const key = JSON.stringify([words, variables]);
  const ended = printed.get(key) ?? runHere(words, variables);
  printed.set(key, ended);
  return ended;
};

const pages = await Promise.all((await pagePaths()).map(async (path) => ({ path, page: await readPage(path) })));
const shown = pages.filter(({ page }) => shownCommands(page).length > 0);

describe.concurrent('what is shown as printed', { timeout: SHOWN_MS_MAX }, () => {
  it('stands in README and in docs', () => {
    expect(shown.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/verdicts.md']));
  });

  for (const { path, page } of shown)
    it(`in ${path} is printed so, else npm run docs:shown writes it anew`, async () => {
      expect(await withOutput(page, print)).toBe(page);
    });
});

describe.concurrent('the commands of README', { timeout: SHOWN_MS_MAX }, () => {
  it('are all run by a test', async () => {
    const readme = (await readPage('README.md')).replaceAll(/^```console\n.*?^```$/gms, '');
    const commands = [...readme.matchAll(/(?<=^|`|run: )npm (?:ci|start|test)\b[^\n`#]*/gm)].map(([command]) => command.trim());
    expect([...new Set(commands)].sort()).toEqual(Object.keys(HELD).sort());
    for (const file of Object.values(HELD)) if (typeof file === 'string') await expect(readFile(file)).resolves.toBeDefined();
  });

  for (const [command, held] of Object.entries(HELD)) {
    if (typeof held === 'string') continue;
    it(command, () =>
      inFolder(async (folder) => {
        const words = [...command.replace('npm start -- ', '').split(' '), ...(held.more ?? [])];
        const { code, stderr } = await startProgram(words, { cwd: folder }).ended;
        expect(held.codes, stderr).toContain(code);
        expect((await readdir(join(folder, 'reports')).catch(() => [])).sort()).toEqual(held.leaves ?? []);
      }),
    );
  }
});

it('a seed that a page shrinks with a known bug is one that shows it', { timeout: SHOWN_MS_MAX }, async () => {
  const seeds = pages.flatMap(({ page }) => [...page.matchAll(/shrink (\d+) --mutant ([\w-]+)/g)].map(([, ...shrunk]) => shrunk));
  expect(seeds.length).toBeGreaterThan(0);
  for (const [seed = '', mutant = ''] of seeds)
    await inFolder(async (folder) => {
      const { code, stdout } = await startProgram(['sim', '--seeds', seed, '--mutant', mutant], { cwd: folder }).ended;
      expect(code, stdout).toBe(1);
    });
});
