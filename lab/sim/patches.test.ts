/**
 * Source patches fit the sources of today, and one that is applied is what runs. All of them are hunted in
 * `patches-wrong.long.test.ts` and `patches-harmless.long.test.ts`.
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CHECKS } from '../checks/checks.ts';
import { huntPatch } from './testing/patch-hunt.ts';
import { patchedSimulator } from './testing/patched-simulator.ts';
import { HARMLESS_PATCHES, PATCHES, SLIPPING_PATCHES } from './testing/patches/patches.ts';

const ALL = [...PATCHES, ...HARMLESS_PATCHES, ...SLIPPING_PATCHES];
const NAMED = ALL.map((patch) => [patch.name, patch] as const);

test.each(NAMED)('the text that %s replaces stands exactly once', async (_name, { edits }) => {
  for (const { file, old } of edits) expect((await readFile(file, 'utf8')).split(old).length - 1, `${file}: ${old}`).toBe(1);
});

test('each has a name of its own, and names checks that there are', () => {
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  expect(PATCHES.flatMap(({ caughtBy }) => caughtBy).filter((check) => !(check in CHECKS) && check !== 'faults')).toEqual([]);
  expect(PATCHES.filter(({ caughtBy }) => caughtBy.length === 0)).toEqual([]);
});

test('what no seed shows is shown by a test that there is', async () => {
  for (const { seenBy } of SLIPPING_PATCHES) expect(await readFile(seenBy, 'utf8')).toMatch(/\btest\(|\bit\(|describe/);
});

test('a text that stands there twice, or not at all, is refused by name', async () => {
  const file = 'services/edge/flights.ts';
  const patched = (old: string) => patchedSimulator({ name: 'misfit', edits: [{ file, old, new: '' }] });
  await expect(patched('no such text')).rejects.toThrow(/misfit.*once in services\/edge\/flights\.ts, found it 0 times/);
  await expect(patched('flight')).rejects.toThrow(/found it \d{2} times/);
});

test('a file that the simulator does not use is refused', async () => {
  const patch = {
    name: 'elsewhere',
    edits: [{ file: 'services/edge/cache/redis-life.ts', old: "const POLICY = 'volatile-ttl';", new: '' }],
  };
  await expect(patchedSimulator(patch)).rejects.toThrow(/elsewhere.*does not use services\/edge\/cache\/redis-life\.ts/);
});

test('a patched program is what runs: without a strategy of its own each region is caught at once', async () => {
  const [patch] = PATCHES.filter(({ name }) => name === 'strategy-inverted');
  if (patch === undefined) throw new TypeError('expected the patch strategy-inverted');
  expect(await huntPatch(patch, 5)).toMatchObject({ checks: ['strategy-ignored'] });
  expect(await huntPatch({ ...patch, name: 'nothing', edits: [] }, 5)).toEqual({ seed: undefined, checks: [], otherwise: [] });
});
