/** The checks have teeth: each wrong program is caught by a check that names its damage, and no program that keeps its promises is. */
import { describe, expect, test } from 'vitest';
import { huntPatch } from './testing/patch-hunt.ts';
import { HARMLESS_PATCHES, PATCHES } from './testing/patches/patches.ts';

const SEEDS = 200;
const MS_MAX = 1_800_000;

describe(`within ${SEEDS} seeds`, () => {
  test.each(PATCHES.map((patch) => [patch.name, patch] as const))(
    '%s is caught',
    async (_name, patch) => {
      expect((await huntPatch(patch, SEEDS)).seed).toBeDefined();
    },
    MS_MAX,
  );

  test.each(HARMLESS_PATCHES.map((patch) => [patch.name, patch] as const))(
    '%s is not',
    async (_name, patch) => {
      expect(await huntPatch(patch, SEEDS)).toEqual({ seed: undefined, checks: [], otherwise: [] });
    },
    MS_MAX,
  );
});
