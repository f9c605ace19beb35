/** The checks have teeth: each wrong program is caught by a check that names its damage. */
import { describe, expect, test } from 'vitest';
import { huntPatch } from './testing/patch-hunt.ts';
import { PATCHES } from './testing/patches/patches.ts';

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
});
