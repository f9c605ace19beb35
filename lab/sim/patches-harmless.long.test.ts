/**
 * The checks bite nobody else: no program that keeps its promises in another way is accused. In a file of its own,
 * beside the wrong ones.
 */
import { describe, expect, test } from 'vitest';
import { huntPatch } from './testing/patch-hunt.ts';
import { HARMLESS_PATCHES } from './testing/patches/patches.ts';

const SEEDS = 200;
const MS_MAX = 1_800_000;

describe(`within ${SEEDS} seeds`, () => {
  test.each(HARMLESS_PATCHES.map((patch) => [patch.name, patch] as const))(
    '%s is not caught',
    async (_name, patch) => {
      expect(await huntPatch(patch, SEEDS)).toEqual({ seed: undefined, checks: [], otherwise: [] });
    },
    MS_MAX,
  );
});
