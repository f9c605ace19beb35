/** The table of checks, those that say most of a cause first. A new one is a file and a line here. */
import type { Check } from './check.ts';
import { divergence } from './divergence.ts';
import { lostInvalidation } from './lost-invalidation.ts';
import { mislabelled } from './mislabelled.ts';
import { phantomVersion } from './phantom-version.ts';
import { purgeIgnored } from './purge-ignored.ts';
import { refillStorm } from './refill-storm.ts';
import { resurrection } from './resurrection.ts';
import { staleAfterBound } from './stale-after-bound.ts';
import { unavailable } from './unavailable.ts';
import { versionRegression } from './version-regression.ts';

export const CHECKS = {
  'phantom-version': phantomVersion,
  resurrection,
  'purge-ignored': purgeIgnored,
  mislabelled,
  'lost-invalidation': lostInvalidation,
  'version-regression': versionRegression,
  'stale-after-bound': staleAfterBound,
  divergence,
  'refill-storm': refillStorm,
  unavailable,
} as const satisfies Readonly<Record<string, Check>>;

export type CheckName = keyof typeof CHECKS;

export function isCheckName(name: string): name is CheckName {
  return name in CHECKS;
}
