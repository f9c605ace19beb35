/** The files of a purger: what was written is read again, and what is none of its own stays as it is. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Position } from '../edge/cache/cache.ts';
import { FileStore } from './store.ts';

const REGION = 'eu-west';
const POSITIONS: ReadonlyMap<number, Position> = new Map([
  [0, { partition: 0, offset: 12, id: 'event-1 "with quotes"', time: 1_767_225_600_000 }],
  [2, { partition: 2, offset: -1, id: '', time: 0 }],
]);

async function withFolder(use: (folder: string, file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-store-'));
  try {
    await use(folder, join(folder, 'positions.json'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const open = (file: string, region = REGION) => FileStore.open({ file, region });

describe('a store in files', () => {
  it('begins with nothing', () =>
    withFolder(async (_folder, file) => {
      expect(await (await open(file)).read()).toEqual({ positions: new Map(), ids: new Set() });
    }));

  it('has what was written when it is opened again, each id added to those before', () =>
    withFolder(async (folder, file) => {
      const store = await open(file);
      await store.writePositions(POSITIONS);
      await store.addIds(['7', '2147483647']);
      await store.addIds([]);
      await store.addIds(['8']);
      expect(await (await open(file)).read()).toEqual({ positions: POSITIONS, ids: new Set(['7', '2147483647', '8']) });
      expect((await readdir(folder)).sort()).toEqual(['positions.json', 'positions.json.ids']);
    }));

  it('has the positions of before where it ended while it wrote others', () =>
    withFolder(async (_folder, file) => {
      await (await open(file)).writePositions(POSITIONS);
      await writeFile(`${file}.next`, '{"region":"eu-we');
      expect((await (await open(file)).read()).positions).toEqual(POSITIONS);
    }));

  it('has every id that was added after a line was cut off', () =>
    withFolder(async (_folder, file) => {
      const store = await open(file);
      await store.addIds(['7']);
      await writeFile(`${file}.ids`, '12', { flag: 'a' });
      await store.addIds(['345']);
      expect((await store.read()).ids).toEqual(new Set(['7', '12', '345']));
    }));
});

describe('a file that is none of this purger', () => {
  it.each([
    ['is empty', ''],
    ['was cut off', '{"region":"eu-west","positions":[{"partition":0,"off'],
    ['is JSON of something else', '{"name":"package"}'],
    ['has a position too few', '{"region":"eu-west","positions":[{"partition":0}]}'],
    ['is no text', '\u0000\u0001\ufffd'],
  ])('because it %s is refused by name, and stays as it is', (_title, text) =>
    withFolder(async (folder, file) => {
      await writeFile(file, text);
      await expect(open(file)).rejects.toThrow(`expected the positions of a purger in ${file}: move that file away to begin anew`);
      expect(await readFile(file, 'utf8')).toBe(text);
      expect(await readdir(folder)).toEqual(['positions.json']);
    }),
  );

  it('because it is of another region is refused: that one purges another cache', () =>
    withFolder(async (_folder, file) => {
      await (await open(file, 'us-east')).writePositions(POSITIONS);
      const before = await readFile(file, 'utf8');
      await expect(open(file)).rejects.toThrow(`expected the positions of a purger of eu-west in ${file}, got those of one of us-east`);
      expect(await readFile(file, 'utf8')).toBe(before);
    }));

  it.each(['7\nroot:x:0:0\n', '7 8\n', '0\n', '../7\n'])('of ids, %j, is refused by name, and stays as it is', (text) =>
    withFolder(async (_folder, file) => {
      await writeFile(`${file}.ids`, text);
      await expect(open(file)).rejects.toThrow(`expected an id of a content in each line of ${file}.ids`);
      expect(await readFile(`${file}.ids`, 'utf8')).toBe(text);
    }),
  );
});

describe('a place that cannot be written', () => {
  it('because its folder is missing is told at the start', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'missing', 'positions.json');
      await expect(open(file)).rejects.toThrow(`expected a place that can be written at ${file}, got Error: ENOENT`);
    }));

  it('because a folder stands there is told at the start', () =>
    withFolder(async (_folder, file) => {
      await mkdir(file);
      await expect(open(file)).rejects.toThrow(`expected a file that can be read at ${file}, got Error: EISDIR`);
    }));

  it('because its disk is full rejects, and what was there stays', () =>
    withFolder(async (_folder, file) => {
      const store = await open(file);
      await store.writePositions(POSITIONS);
      await symlink('/dev/full', `${file}.next`);
      await symlink('/dev/full', `${file}.ids`);
      await expect(store.writePositions(new Map())).rejects.toThrow('ENOSPC');
      await expect(store.addIds(['7'])).rejects.toThrow('ENOSPC');
      await rm(`${file}.ids`);
      expect((await store.read()).positions).toEqual(POSITIONS);
    }));
});
