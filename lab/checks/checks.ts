/** The table of checks, those that say most of a cause first. A new one is a file and a line here. */

import { divergence } from './anomalies/divergence.ts';
import { freshBeyondLease } from './anomalies/fresh-beyond-lease.ts';
import { lostInvalidation } from './anomalies/lost-invalidation.ts';
import { lostWrite } from './anomalies/lost-write.ts';
import { misdated } from './anomalies/misdated.ts';
import { mislabelled } from './anomalies/mislabelled.ts';
import { phantomVersion } from './anomalies/phantom-version.ts';
import { purgeIgnored } from './anomalies/purge-ignored.ts';
import { refillStorm } from './anomalies/refill-storm.ts';
import { resurrection } from './anomalies/resurrection.ts';
import { staleAfterBound } from './anomalies/stale-after-bound.ts';
import { strategyIgnored } from './anomalies/strategy-ignored.ts';
import { unavailable } from './anomalies/unavailable.ts';
import { versionRegression } from './anomalies/version-regression.ts';
import type { Check } from './check.ts';

export const CHECKS = {
  'lost-write': lostWrite,
  'phantom-version': phantomVersion,
  resurrection,
  'purge-ignored': purgeIgnored,
  misdated,
  mislabelled,
  'strategy-ignored': strategyIgnored,
  'lost-invalidation': lostInvalidation,
  'version-regression': versionRegression,
  'fresh-beyond-lease': freshBeyondLease,
  'stale-after-bound': staleAfterBound,
  divergence,
  'refill-storm': refillStorm,
  unavailable,
} as const satisfies Readonly<Record<string, Check>>;

export type CheckName = keyof typeof CHECKS;

export function isCheckName(name: string): name is CheckName {
  return name in CHECKS;
}
