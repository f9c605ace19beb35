/** Which cache stands where, by the words of a command line. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTopology } from '../topology/topology.ts';
import { withTargets } from './assign.ts';

const COMPOSE = join(import.meta.dirname, '../../compose.yaml');
const FILE = `version: 1\nname: mine\nabout: a\npurge: { soft: { key: PURGE /<id> }, hard: { key: PURGE /<id> } }\nlifetime: 7s\nstart: { command: ["${process.execPath}", "<port>", "<upstream>"] }\n`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-assign-'));
  for (const name of ['mine.yaml', 'a=b.yaml']) await writeFile(join(folder, name), FILE);
  await writeFile(join(folder, 'hard.yaml'), FILE.replace('name: mine', 'name: hard').replace('soft: { key: PURGE /<id> }, ', ''));
});
afterAll(() => rm(folder, { recursive: true }));

const file = (name: string) => join(folder, name);
const assign = async (words: readonly string[], config?: string) =>
  withTargets(await readTopology({ file: COMPOSE, environment: {} }), {
    words,
    folder: import.meta.dirname,
    variables: process.env,
    config,
  });
const standing = async (...words: readonly string[]) => (await assign(words)).regions.map(({ target }) => target?.name);

describe('--target', () => {
  it('is of all regions, or of one; the last one counts', async () => {
    const [mine, hard] = [file('mine.yaml'), file('hard.yaml')];
    expect(await standing(mine)).toEqual(['mine', 'mine', 'mine']);
    expect(await standing(mine, `eu-west=${hard}`, 'ap-south=edgesync')).toEqual(['mine', 'hard', undefined]);
    expect(await standing(`eu-west=${hard}`, mine)).toEqual(['mine', 'mine', 'mine']);
    expect(await standing(file('a=b.yaml'), `eu-west=${file('a=b.yaml')}`)).toEqual(['mine', 'mine', 'mine']);
  });

  it('gives its region the lifetime of the cache, and no strategy that it has no purge for', async () => {
    const environments = async (name: string) => (await assign([file(name)])).regions.map(({ environment }) => environment);
    const strategies = async (name: string) => (await environments(name)).map((environment) => environment['INVALIDATION_STRATEGY']);
    expect((await environments('mine.yaml')).map((environment) => environment['CACHE_TTL'])).toEqual(['7', '7', '7']);
    expect([await strategies('mine.yaml'), await strategies('hard.yaml')]).toEqual([
      ['eager', 'lazy', 'lazy'],
      ['eager', 'eager', 'eager'],
    ]);
  });

  it.each([
    ['nothing', [], undefined, 'expected a target, such as varnish or eu-west=squid, got nothing'],
    ['a region that is none', ['eu-wset=varnish'], undefined, 'did you mean eu-west?'],
    ['a target that is none', ['varnsh'], undefined, 'did you mean varnish?'],
    ['a configuration for our own edges', ['edgesync'], 'my.vcl', '--config: expected --target too'],
    ['an edge of ours that is for races alone', ['eu-west=edgesync-lazy'], undefined, 'expected edgesync; only races accepts this target'],
    ['a region without a target', ['eu-west='], undefined, 'expected a target'],
  ])('is refused where it is %s', async (_what, words, config, message) => {
    await expect(assign(words, config)).rejects.toThrow(message);
  });

  it('is refused where its program is not here, with how to get it', async () => {
    await writeFile(file('away.yaml'), FILE.replace(process.execPath, 'no-such-cache').replace('start: {', 'start: { get: make it,'));
    await expect(assign([file('away.yaml')])).rejects.toThrow(/no-such-cache is not on this machine.*make it/);
  });
});
