/** The table of mutants. A new one is a file and a line here. */

import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/nearest.ts';
import { type Backend, worldsWhere } from '../worlds/worlds.ts';
import { clearNewerStaleMark } from './clear-newer-stale-mark.ts';
import { deleteAsStale } from './delete-as-stale.ts';
import { dropRevalidation } from './drop-revalidation.ts';
import { epochOffByOne } from './epoch-off-by-one.ts';
import { ignoreTagsAndPatterns } from './ignore-tags-and-patterns.ts';
import { joinAnyFetch } from './join-any-fetch.ts';
import { lifetimeInMilliseconds } from './lifetime-in-milliseconds.ts';
import { missingAsError } from './missing-as-error.ts';
import { missingAtVersionZero } from './missing-at-version-zero.ts';
import type { Mutant } from './mutant.ts';
import { offsetOneTooFar } from './offset-one-too-far.ts';
import { publishWithoutOutbox } from './publish-without-outbox.ts';
import { refuseUnderSoftMark } from './refuse-under-soft-mark.ts';
import { revalidateEachTime } from './revalidate-each-time.ts';
import { shortTombstones } from './short-tombstones.ts';
import { sleepSerially } from './sleep-serially.ts';
import { softPurges } from './soft-purges.ts';
import { startAtLatest } from './start-at-latest.ts';
import { swallowApplyError } from './swallow-apply-error.ts';
import { tornEntry } from './torn-entry.ts';
import { unfenced304 } from './unfenced-304.ts';
import { unfencedFill } from './unfenced-fill.ts';
import { unnoticedReturn } from './unnoticed-return.ts';

/** The defects of the original EdgeSync first. */
export const MUTANTS: readonly Mutant[] = [
  publishWithoutOutbox,
  swallowApplyError,
  unfencedFill,
  clearNewerStaleMark,
  startAtLatest,
  sleepSerially,
  deleteAsStale,
  missingAsError,
  ignoreTagsAndPatterns,
  revalidateEachTime,
  tornEntry,
  epochOffByOne,
  shortTombstones,
  offsetOneTooFar,
  joinAnyFetch,
  missingAtVersionZero,
  unfenced304,
  softPurges,
  lifetimeInMilliseconds,
  dropRevalidation,
  unnoticedReturn,
  refuseUnderSoftMark,
];

/** Throws InvalidInput naming the nearest known one. */
export function mutantNamed(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  const known = MUTANTS.map((mutant) => mutant.name);
  throw new InvalidInput(`expected a mutant (${known.join(', ')}), got ${JSON.stringify(name)}${didYouMean(name, known)}`);
}

/** Throws InvalidInput unless there is such a mutant and the world can be run with it. */
export function checkMutant(name: string, backend: Backend): void {
  mutantNamed(name);
  const able = worldsWhere(({ takesMutants }) => takesMutants);
  if (!able.includes(backend)) throw new InvalidInput(`--mutant ${name}: needs --backend ${able.join(' or ')}, got ${backend}`);
}
