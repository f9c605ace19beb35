/** What of a target this machine has, seen with programs and packages made for it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../services/runtime/clock.ts';
import { asStarted, parseTarget } from '../../targets/target.ts';
import { findHere, findPackage } from './here.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-here-'));
  const programs = {
    told: 'echo "Told (of Debian) version 7.10.2-3 of 2026.01"',
    aloud: 'echo "aloud/3.4" >&2; exit 2',
    mute: 'exit 0',
    slow: 'exec sleep 60',
  };
  for (const [name, script] of Object.entries(programs)) await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await mkdir(join(folder, 'app/node_modules/@some/cache'), { recursive: true });
  await mkdir(join(folder, 'app/src'), { recursive: true });
  await writeFile(join(folder, 'app/node_modules/@some/cache/package.json'), '{ "name": "@some/cache", "version": "4.5.6" }');
});
afterAll(() => rm(folder, { recursive: true }));

const target = (start: string) =>
  asStarted(
    parseTarget(
      `version: 1\nname: mine\nabout: a\npurge: { hard: { key: PURGE /<id> } }\nstart: { ${start}, environment: { A: <port> <upstream> } }\n`,
      'mine.yaml',
    ),
  );
const here = (start: string) => findHere(target(start), { PATH: `${folder}:/usr/bin:/bin` });

describe('a target', () => {
  it.each([
    ['by its first number with a dot', 'command: [told], version: [told, -V]', '7.10.2'],
    ['told on standard error, with an exit code', 'command: [aloud], version: [aloud, -v]', '3.4'],
    ['not known of one that says none', 'command: [mute], version: [mute, -v]', undefined],
    ['not known where nothing asks', 'command: [told]', undefined],
    ['of the program that is asked', 'command: [<node>, <worker>], version: [told, -v]', '7.10.2'],
    ['of its package', 'command: [<node>, <worker>, <package>], package: lru-cache', expect.stringMatching(/^\d+\.\d+\.\d+$/)],
  ])('is here, with its version %s', async (_how, start, version) => {
    expect(await here(start)).toEqual({ isHere: true, version });
  });

  it('is here without a version where its program does not answer in time', async () => {
    const begunMs = systemClock.monotonicMs();
    expect(await here('command: [slow], version: [slow]')).toEqual({ isHere: true, version: undefined });
    expect(systemClock.monotonicMs() - begunMs).toBeLessThan(30_000);
  });

  it.each([
    ['its program', 'command: [no-such-cache, -f], version: [told]', 'no-such-cache is not on this machine'],
    ['the program that is asked', 'command: [<node>, <worker>], version: [no-such-store, -v]', 'no-such-store is not on this machine'],
    ['the program that builds it', 'build: [no-such-builder], command: [told]', 'no-such-builder is not on this machine'],
    ['its package', 'command: [<node>, <package>], package: no-such-cache', 'the npm package no-such-cache is not in '],
  ])('is not here without %s', async (_what, start, missing) => {
    expect(await here(start)).toEqual({ isHere: false, missing: expect.stringContaining(missing) });
  });
});

describe('a package', () => {
  it('is found from below, as require finds it', async () => {
    const place = join(folder, 'app/node_modules/@some/cache');
    expect(await findPackage('@some/cache', [join(folder, 'app/src')])).toEqual({ folder: place, version: '4.5.6' });
    expect(await findPackage('@some/cache', [folder])).toBeUndefined();
  });
});
