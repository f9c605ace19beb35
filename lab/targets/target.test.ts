import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filled } from '../../services/protocol/purge-ways.ts';
import { OWN_TARGETS } from './own-targets.ts';
import { parseTarget, readTarget } from './target.ts';
import { findTarget, presetNames, readPresets } from './targets.ts';

const FOLDER = import.meta.dirname;

const RIGHT = `version: 1
name: mine
about: a cache
purge:
  hard: { key: PURGE /api/content/<id> }
start: { command: [mine, --port, "<port>", --backend, "<upstream>"] }
`;

const refused = (text: string) => {
  try {
    parseTarget(text, 'mine.yaml');
  } catch (error) {
    return String(error);
  }
  return undefined;
};

describe('a target file', () => {
  it('of six lines is enough', () => {
    expect(parseTarget(RIGHT, 'mine.yaml')).toMatchObject({
      name: 'mine',
      read: { path: '/api/content/<id>', version: 'data.version', missing: 'version' },
      lifetime: 3_600_000,
      ok: [200, 204],
      purges: [{ mode: 'hard', type: 'key', request: { method: 'PURGE', path: '/api/content/<id>', headers: {} } }],
    });
  });

  it('without a purge is one that has none', () => {
    const text = RIGHT.replace(/^purge:.*\n.*\n/m, '');
    expect(parseTarget(text, 'mine.yaml')).toMatchObject({ purges: [], deliver: { how: 'none' } });
    expect(refused(`${text}deliver: once\n`)).toContain('deliver: expected none: without purge or tell');
  });

  it('that tells an application has no purge of its own, and is delivered to like any other', () => {
    const text = (tell: string) => RIGHT.replace(/^purge:.*\n.*\n/m, `tell: ${tell}\n`);
    const webhook = 'http://127.0.0.1:<port>/purged';
    expect(parseTarget(text(`{ webhook: "${webhook}" }`), 'mine.yaml')).toMatchObject({
      purges: [],
      tell: { webhook, types: ['key'] },
      deliver: { how: 'repeat' },
    });
    expect(parseTarget(`${text('{ command: [mine, <id>], types: [key, tag] }')}deliver: once\n`, 'mine.yaml')).toMatchObject({
      tell: { command: ['mine', '<id>'], types: ['key', 'tag'] },
      deliver: { how: 'once' },
    });
    expect(refused(`${RIGHT}tell: { command: [mine] }\n`)).toContain('mine.yaml:7: tell: expected either tell or purge');
    expect(refused(text('{}'))).toContain('tell: expected either a webhook or a command');
    expect(refused(text(`{ webhook: "${webhook}", command: [a] }`))).toContain('tell: expected either a webhook or a command');
    expect(refused(text('{ command: [mine, <idd>] }'))).toContain('tell.command.1: no such place <idd>');
    expect(refused(text('{ webhook: "http://127.0.0.1:65536/x" }'))).toContain('tell.webhook: expected a URL of this machine');
    expect(refused(text('{ command: ["a\\0"] }'))).toContain('tell.command.0: expected a text without NUL');
    expect(refused(text('{ webhook: "http://127.0.0.1/<id>" }'))).toContain('tell.webhook: no such place <id> (there are <port>)');
    for (const url of ['https://example.org/', 'http://127.0.0.1.example.org/', 'http://127.0.0.1@example.org/', 'http://10.0.0.1/'])
      expect(refused(text(`{ webhook: "${url}" }`))).toContain('tell.webhook: expected a URL of this machine');
  });

  it('has its purges in an order of their own, whatever the order of the file', () => {
    const text = RIGHT.replace(
      '  hard: { key: PURGE /api/content/<id> }',
      '  soft: { tag: { request: XKEY /, headers: { xkey: <tag> } } }\n  hard: { all: BAN /, key: PURGE /api/content/<id> }',
    );
    expect(parseTarget(text, 'mine.yaml').purges.map(({ mode, type }) => `${mode} ${type}`)).toEqual(['hard key', 'soft tag', 'hard all']);
  });

  it.each([
    [
      'a NUL in a word of its command',
      RIGHT.replace('start: { command: [', 'start: { command: ["a\\0b", '),
      'start.command.0: expected a text without NUL',
    ],
    ['a variable that is none', `${RIGHT.trimEnd().replace(/}$/, '')}, environment: { "A=B": x } }`, 'expected the name of a variable'],
    [
      'a NUL in a variable',
      `${RIGHT.trimEnd().replace(/}$/, '')}, environment: { A: "\\0" } }`,
      'start.environment.A: expected a text without NUL',
    ],
    [
      'a file that is a folder',
      `${RIGHT.trimEnd().replace(/}$/, '')}, folders: [a], files: { a: x } }`,
      'start.files.a: expected a file, but a folder has that name',
    ],
    [
      'a file below a file',
      `${RIGHT.trimEnd().replace(/}$/, '')}, files: { a: x, a/b: y } }`,
      'start.files.a: expected a file, but a folder has that name',
    ],
    [
      'a folder below a file',
      `${RIGHT.trimEnd().replace(/}$/, '')}, folders: [a/b/c], files: { a/b: x } }`,
      'start.files.a/b: expected a file, but a folder has that name',
    ],
    [
      'a label in no header',
      RIGHT.replace('purge:', 'label: { header: "x cache", hit: HIT }\npurge:'),
      'label.header: expected the name of a header',
    ],
    [
      'a version at no place',
      RIGHT.replace('purge:', 'read: { path: /<id>, version: "" }\npurge:'),
      'read.version: expected the place of a version, such as data.version',
    ],
    ['a word nearly right', RIGHT.replace('about:', 'abuot:'), 'mine.yaml:3: abuot: no such key'],
    ['a word nearly right is named', RIGHT.replace('about:', 'abuot:'), 'did you mean about?'],
    [
      'no purge',
      RIGHT.replace('hard: { key: PURGE /api/content/<id> }', 'ok: [200]'),
      'purge: expected at least one purge (hard, soft), or no purge at all',
    ],
    ['a purge of no content', RIGHT.replace('content/<id>', 'content/7'), 'mine.yaml:5: purge.hard.key: expected <id> in it'],
    [
      'a purge that is no request',
      RIGHT.replace('PURGE /api', 'PURGE api'),
      'purge.hard.key: expected a method and a path such as PURGE /api/content/<id>, got',
    ],
    ['a place that is none', RIGHT.replace('<port>', '<prot>'), 'start.command.2: no such place <prot> (there are <port>, <dir>'],
    [
      'a place of its build that is none',
      RIGHT.replace('start: {', 'start: { build: [make, <dri>],'),
      'start.build.1: no such place <dri>',
    ],
    ['a build of nothing', RIGHT.replace('start: {', 'start: { build: [],'), 'start.build: '],
    [
      'a build in a package that is none',
      RIGHT.replace('start: {', 'start: { build: [make, <package>],'),
      'expected package, the name of the npm package that <package> stands for',
    ],
    ['no port', RIGHT.replace('<port>', '80'), 'start: expected <port> in its command, files or environment'],
    ['no upstream', RIGHT.replace('<upstream>', 'example.org'), 'start: expected <upstream> in its command'],
    ['braces, which are a map', RIGHT.replace('PURGE /api/content/<id>', '"PURGE /api/content/{id}"'), 'purge.hard.key: expected <id>'],
    ['another version', RIGHT.replace('version: 1', 'version: 2'), 'mine.yaml:1: version: expected 1'],
    ['a name that is a path', RIGHT.replace('name: mine', 'name: ../mine'), 'name: expected lower-case letters'],
    [
      'a package that is none',
      RIGHT.replace('[mine,', '[mine, <package>,'),
      'expected package, the name of the npm package that <package> stands for',
    ],
    [
      'a package that is a path',
      RIGHT.replace('start: {', 'start: { package: ../mine,'),
      'start.package: expected the name of an npm package',
    ],
    ['a file outside', `${RIGHT.trimEnd().slice(0, -1)}, files: { ../x: a } }\n`, 'expected a name, without ..'],
    ['a file outside, by its route', `${RIGHT.trimEnd().slice(0, -1)}, files: { '[a]/../../x': a } }\n`, 'expected a name, without ..'],
    ['a log that it reads itself', `${RIGHT}deliver: own\n`, 'deliver: own is for Docker alone'],
    ['no regular expression', `${RIGHT}label: { header: x, hit: "(" }\n`, 'label.hit: expected a regular expression'],
  ])('is refused for %s', (_what, text, message) => expect(refused(text)).toContain(message));

  it('may name files as frameworks do, and a build before the first start', () => {
    const text = `${RIGHT.trimEnd().slice(0, -1)}, build: [make, <dir>], files: { 'app/[id]/[...rest].js': a } }\n`;
    expect(parseTarget(text, 'mine.yaml').start).toMatchObject({ build: ['make', '<dir>'], files: { 'app/[id]/[...rest].js': 'a' } });
  });

  it('has places filled, and leaves what is no place', () => {
    expect(filled('a <id> b <Tag> <tag>', { id: '7', tag: 't' })).toBe('a 7 b <Tag> t');
  });
});

describe('examples', () => {
  it('are right', async () => {
    const folder = join(FOLDER, '../examples');
    const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml') && !file.startsWith('compose.'));
    expect(files).toContain('httpd.yaml');
    for (const file of files) {
      const { purges, tell } = await readTarget(join(folder, file));
      expect(purges.length + (tell?.types.length ?? 0)).toBeGreaterThan(0);
    }
  });
});

describe('the example of the docs', () => {
  it('is right', async () => {
    const page = await readFile(join(FOLDER, '../../docs/races.md'), 'utf8');
    const [, text = ''] = /```yaml\n(version: 1\n[^`]*)```/.exec(page) ?? [];
    expect(parseTarget(text, 'docs/races.md')).toMatchObject({ name: 'my-cache', lifetime: 3_600_000 });
  });
});

describe('presets', () => {
  it('are all right, and are named as their files', async () => {
    const names = await presetNames(FOLDER);
    expect(names).toEqual(
      expect.arrayContaining(['edgesync', 'edgesync-lazy', 'edgesync-redis', 'varnish', 'varnish-wait', 'squid', 'squid-collapsed']),
    );
    expect([...OWN_TARGETS, ...(await readPresets(FOLDER))].map(({ name }) => name)).toEqual(names);
  });

  it('mend presets that are there', async () => {
    const presets = await readPresets(FOLDER);
    const mending = presets.filter(({ mends }) => mends !== undefined);
    expect(mending.map(({ name, mends }) => [name, presets.some((preset) => preset.name === mends)])).toEqual(
      mending.map(({ name }) => [name, true]),
    );
    expect(mending.length).toBeGreaterThan(3);
  });

  it('are found by name, files by their path, and a name nearly right is named', async () => {
    expect(await findTarget('varnish', FOLDER)).toMatchObject({ name: 'varnish' });
    expect(await findTarget(join(FOLDER, 'squid.yaml'), FOLDER)).toMatchObject({ name: 'squid' });
    await expect(findTarget('varnsh', FOLDER)).rejects.toThrow('did you mean varnish?');
    await expect(findTarget('./nothing.yaml', FOLDER)).rejects.toThrow('./nothing.yaml: cannot be read (ENOENT)');
  });
});
