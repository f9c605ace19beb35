/** The table of checks. A new one is a file and a line here. */
import type { Check } from './check.ts';
import { divergence } from './divergence.ts';
import { staleAfterBound } from './stale-after-bound.ts';
import { versionRegression } from './version-regression.ts';

export const CHECKS = {
  'stale-after-bound': staleAfterBound,
  'version-regression': versionRegression,
  divergence,
} as const satisfies Readonly<Record<string, Check>>;
