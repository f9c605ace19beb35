/**
 * The import arrows and the owners of time, chance and environment, proven: each arrow of biome.json by a bad import it
 * must refuse, and the sources themselves by a scan that sees what the linter does not (type queries, mocks,
 * templates).
 */
import { execFile } from 'node:child_process';
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BACKENDS } from '../../../lab/worlds/worlds.ts';
import { withArrows } from './biome-arrows.ts';
import { isForbidden, KITS, ROOM_NAMES, ROOMS, type RoomName, roomOf } from './rooms.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

type Pair = readonly [from: RoomName, to: RoomName];
const PAIRS: readonly Pair[] = ROOM_NAMES.flatMap((from) => ROOM_NAMES.filter((to) => to !== from).map((to) => [from, to] as const));
const FORBIDDEN = PAIRS.filter(([from, to]) => isForbidden(from, to));
const ALLOWED = PAIRS.filter(([from, to]) => !isForbidden(from, to));
const FORMS: Readonly<Record<string, (path: string) => string>> = {
  'import of a value': (path) => `import { value } from '${path}';`,
  'import of a type': (path) => `import type { Value } from '${path}';`,
  'import for its effect': (path) => `import '${path}';`,
  'dynamic import': (path) => `export const value = await import('${path}');`,
  'export from': (path) => `export { value } from '${path}';`,
  'export of everything': (path) => `export * from '${path}';`,
};
/** A file beside others in the folder, and one two folders down. */
const DEPTHS = ['', 'deep/deeper/'] as const;

const reported = z.object({ diagnostics: z.array(z.object({ category: z.string(), location: z.object({ path: z.string() }) })) });

interface Sample {
  readonly file: string;
  readonly source: string;
}

function samplesOf(from: string, to: string, isTest = false): readonly Sample[] {
  return DEPTHS.flatMap((depth) =>
    DEPTHS.flatMap((toDepth) =>
      Object.entries(FORMS).map(([form, write]) => {
        const folder = `${from}/${depth}`;
        const path = posix.relative(folder, `${to}/${toDepth}target.ts`);
        const name = `to-${to.replaceAll('/', '-')}-${toDepth === '' ? '' : 'deep-'}${form.replaceAll(' ', '-')}`;
        const file = `${folder}${name}${isTest ? '.test' : ''}.ts`;
        return { file, source: `${write(path.startsWith('.') ? path : `./${path}`)}\n` };
      }),
    ),
  );
}

const samplesOfPair = ([from, to]: Pair) => samplesOf(ROOMS[from].folder, ROOMS[to].folder);
/** From a room to the kits of its own folder. */
const kitsOf = (room: RoomName, isTest: boolean) => samplesOf(ROOMS[room].folder, `${ROOMS[room].folder}/${KITS}`, isTest);

/** The files that biome.json refuses for their imports, among samples written to a folder of their own. */
async function refusedAmong(samples: readonly Sample[], rule = 'style/noRestrictedImports'): Promise<ReadonlySet<string>> {
  const scratch = await mkdtemp(join(tmpdir(), 'edgesync-structure-'));
  try {
    await cp(join(ROOT, 'biome.json'), join(scratch, 'biome.json'));
    for (const { file, source } of samples) {
      await mkdir(join(scratch, dirname(file)), { recursive: true });
      await writeFile(join(scratch, file), source);
    }
    const biome = join(ROOT, 'node_modules/.bin/biome');
    const flags = ['lint', '--vcs-enabled=false', `--only=${rule}`, '--max-diagnostics=none', '--reporter=json', '.'];
    // Exits 1 when it reports anything; what it printed is on the error then.
    const { stdout } = await promisify(execFile)(biome, flags, { cwd: scratch, maxBuffer: 64 * 1024 * 1024 }).catch((error) => error);
    return new Set(reported.parse(JSON.parse(stdout)).diagnostics.map(({ location }) => location.path));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

describe('biome.json', () => {
  let refused: ReadonlySet<string> = new Set();
  beforeAll(async () => {
    const kits = ROOM_NAMES.flatMap((room) => [...kitsOf(room, false), ...kitsOf(room, true)]);
    refused = await refusedAmong([...PAIRS.flatMap(samplesOfPair), ...kits]);
  });

  it('has the arrows of the table', async () => {
    const biome = JSON.parse(await readFile(join(ROOT, 'biome.json'), 'utf8'));
    expect(biome).toEqual(withArrows(biome));
  });

  it.each(FORBIDDEN)('refuses every form of import from %s to %s', (...pair) => {
    const missed = samplesOfPair(pair).filter(({ file }) => !refused.has(file));
    expect(missed).toEqual([]);
  });

  it.each(ALLOWED)('takes every form of import from %s to %s', (...pair) => {
    const wrong = samplesOfPair(pair).filter(({ file }) => refused.has(file));
    expect(wrong).toEqual([]);
  });

  it.each(ROOM_NAMES)('lets tests of %s import kits, and only tools besides', (room) => {
    expect(kitsOf(room, true).filter(({ file }) => refused.has(file))).toEqual([]);
    const missed = kitsOf(room, false).filter(({ file }) => !refused.has(file));
    expect(missed).toHaveLength(room === 'tools' ? kitsOf(room, false).length : 0);
  });

  it('refuses a circle, also of types', async () => {
    const circle = [
      { file: 'lab/one.ts', source: "import type { Two } from './two.ts';\nexport type One = Two;\n" },
      { file: 'lab/two.ts', source: "import type { One } from './one.ts';\nexport type Two = One;\n" },
    ];
    expect([...(await refusedAmong(circle, 'suspicious/noImportCycles'))].sort()).toEqual(circle.map(({ file }) => file));
  });
});

interface Source {
  readonly file: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
}

/** Strings win over comments: `'http://…'` is not a comment, and a quote in a comment opens no string. */
const TOKENS = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

function withoutComments(text: string): string {
  return text.replace(TOKENS, (token) => (token.startsWith('/') ? ' ' : token));
}

const COMMENT_COLUMNS_MAX = 120;

/** The numbers of the lines that a comment makes wider than that. */
function wideComments(text: string): readonly number[] {
  const lines = text.split('\n');
  const commented = [...text.matchAll(TOKENS)]
    .filter(([token]) => token.startsWith('/'))
    .flatMap(({ 0: token, index }) => {
      const first = text.slice(0, index).split('\n').length;
      return token.split('\n').map((_, at) => first + at);
    });
  return [...new Set(commented)].filter((line) => (lines[line - 1] ?? '').length > COMMENT_COLUMNS_MAX);
}

async function readSources(): Promise<readonly Source[]> {
  const files = await Array.fromAsync(glob('{services,lab,cli}/**/*.{ts,tsx}', { cwd: ROOT }));
  return Promise.all(
    files.sort().map(async (file) => {
      const text = await readFile(join(ROOT, file), 'utf8');
      return { file, text, code: withoutComments(text) };
    }),
  );
}

/** Tests, what only tests load, the benchmarks, whose subject is the clock, and a program for other processes. */
function isOutside({ file, code }: Source): boolean {
  return OUTSIDE.test(file) || code.includes("from 'vitest'");
}

const OUTSIDE = /\.test\.tsx?$|\/testing\/|^cli\/tools\/bench\/|^lab\/worlds\/docker\/probe-script\.ts$/;

/** Words that only some files may say. Tests may: they stand outside. */
const OWNED = [
  { word: 'Date.now', pattern: /\bDate\.now\b/, owners: /^services\/runtime\/clock\.ts$/ },
  {
    word: 'new Date() without argument',
    pattern: /\bnew Date(?:\(\s*\)|\b(?!\s*\())|(?<!new )\bDate\(\s*\)/,
    owners: /^services\/runtime\/clock\.ts$/,
  },
  { word: 'performance.now', pattern: /\bperformance\s*\.\s*(?:now|timeOrigin)\b/, owners: /^services\/runtime\/clock\.ts$/ },
  { word: 'process.hrtime', pattern: /\bhrtime\b/, owners: /^services\/runtime\/clock\.ts$/ },
  { word: 'a bare timer', pattern: /\bset(?:Timeout|Interval)\b/, owners: /^services\/runtime\/clock\.ts$/ },
  // The virtual clock lets pending work run before it advances, a deadline input that has arrived, a batch whoever asks
  // in the same turn: no time.
  {
    word: 'a turn of the event loop',
    pattern: /\bsetImmediate\b|node:timers/,
    owners: /^services\/(?:runtime\/(?:virtual-)?clock|edge\/cache\/(?:call-deadlines|turn-batches))\.ts$/,
  },
  { word: 'Math.random', pattern: /\bMath\.random\b/, owners: /^services\/runtime\/random\.ts$/ },
  {
    word: 'chance from node:crypto',
    pattern: /\b(?:randomUUID|randomInt|randomBytes|getRandomValues)\b/,
    owners: /^services\/runtime\/random\.ts$/,
  },
  { word: 'process.env', pattern: /\bprocess\s*(?:\.\s*env\b|\[\s*['"]env)/, owners: /(?:^|\/)main\.tsx?$|^cli\/environment\.ts$/ },
  // An empty or relative one would be another place in each folder the lab is started in.
  {
    word: 'a place that the environment names',
    pattern: /['"](?:HOME|USERPROFILE|TMPDIR|DOCKER_CONFIG|XDG_\w+)['"]|\b(?:homedir|userInfo|tmpdir)\b/,
    owners: /^lab\/input\/places\.ts$/,
  },
  { word: 'Express', pattern: /from 'express'/, owners: /^services\/runtime\/http\.ts$/ },
  { word: 'pino', pattern: /from 'pino'/, owners: /^services\/runtime\/log\.ts$/ },
  { word: 'kafkajs', pattern: /from 'kafkajs/, owners: /^services\/log\/kafka\/(?:client|request-queue)\.ts$/ },
  { word: 'pg', pattern: /from 'pg'/, owners: /^services\/origin\/database\/postgres\.ts$/ },
  {
    word: 'ioredis',
    pattern: /from 'ioredis'/,
    owners: /^(?:services\/edge\/cache\/redis-connection|lab\/worlds\/peers\/worker\/kinds\/redis-server)\.ts$/,
  },
  { word: 'dockerode', pattern: /from 'dockerode'/, owners: /^lab\/worlds\/docker\/engine(?:-options|-facts)?\.ts$/ },
  {
    word: 'an HDR histogram',
    pattern: /\bcreateHistogram\b/,
    owners: /^(?:services\/edge\/latencies|lab\/history\/latency-histogram)\.ts$/,
  },
  { word: 'Ink', pattern: /from 'ink'/, owners: /^cli\/view\/(?:\w+\.tsx|key-names\.ts)$/ },
  { word: 'PGlite', pattern: /from '@electric-sql\/pglite'/, owners: /^services\/origin\/database\/pglite\.ts$/ },
] as const;

describe('the sources', () => {
  it.each(OWNED)('leave $word to its owner', async ({ pattern, owners }) => {
    const found = (await readSources()).filter((source) => !isOutside(source) && !owners.test(source.file) && pattern.test(source.code));
    expect(found.map(({ file }) => file)).toEqual([]);
  });

  it.each([
    ['Date.now', 'const at = Date.now();'],
    ['new Date() without argument', 'const at = new Date();'],
    ['new Date() without argument', 'const at = new Date;'],
    ['a bare timer', 'setTimeout(go, 5);'],
    ['Math.random', 'const dice = Math.random() * 6;'],
    ['process.env', "const port = process.env['PORT'];"],
    ['a place that the environment names', "const home = variables['HOME'] ?? fallback;"],
    ['a place that the environment names', 'const home = homedir();'],
  ])('would be caught saying %s as %s', (word, code) => {
    expect(OWNED.find((owned) => owned.word === word)?.pattern.test(withoutComments(code))).toBe(true);
  });

  it.each(['new Date(epochMs)', 'type At = Date;', '// Date.now()', "'https://x' // setTimeout(", 'environment.PORT'])(
    'may say %s',
    (code) => {
      expect(OWNED.filter(({ pattern }) => pattern.test(withoutComments(code)))).toEqual([]);
    },
  );

  it('have no line of comment that is wider than 120 columns', async () => {
    const wide = (await readSources()).flatMap(({ file, text }) => wideComments(text).map((line) => `${file}:${line}`));
    expect(wide).toEqual([]);
  });

  it.each([
    ['// ', [1]],
    ['/** ', [1]],
    ['const text = 1; // ', [1]],
    ['/**\n * ', [2]],
    ["const url = '//", []],
  ])('would be caught with a wide comment after %j', (before, lines) => {
    expect(wideComments(`${before}${'word '.repeat(24)}${before.startsWith('/*') ? '*/' : before.includes("'") ? "';" : ''}`)).toEqual(
      lines,
    );
  });

  // The linter reads import and export statements; this reads every relative path, so `import('…').Type` and mocks as
  // well.
  it('name no path across a forbidden arrow', async () => {
    const crossings = (await readSources()).flatMap(({ file, code }) => {
      const from = roomOf(file);
      const paths = [...code.matchAll(/['"`](\.{1,2}\/[^'"`]+\.[cm]?[jt]sx?)['"`]/g)].map(([, path]) =>
        posix.join(dirname(file), path ?? ''),
      );
      const isCrossed = (path: string) => {
        const to = roomOf(path);
        return from !== undefined && to !== undefined && isForbidden(from, to);
      };
      return paths.filter(isCrossed).map((path) => `${file} -> ${path}`);
    });
    expect(crossings).toEqual([]);
  });
});

describe('the worlds', () => {
  const NAMED = new RegExp(`'(?:${BACKENDS.join('|')})'`);

  it('are named by nobody but themselves and their table', async () => {
    const naming = (await readSources()).filter((source) => {
      const isWorld = source.file.startsWith(`${ROOMS.worlds.folder}/`) || source.file.startsWith(`${ROOMS.tools.folder}/`);
      return !isOutside(source) && !isWorld && NAMED.test(source.code);
    });
    expect(naming.map(({ file }) => file)).toEqual([]);
  });
});
