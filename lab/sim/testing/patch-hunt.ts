/** Runs seeds of a patched simulator until a check that names its damage fails. */
import { isFailing, type SeedOutcome } from '../outcome.ts';
import { seedSetup } from './kit.ts';
import { patchedSimulator } from './patched-simulator.ts';
import type { HarmlessPatch, Patch, SlippingPatch } from './patches/patch.ts';

export interface Hunted {
  /** The first seed that a check failed which names the damage; undefined: none did. */
  readonly seed: number | undefined;
  readonly checks: readonly string[];
  /** Seeds before it that failed otherwise, with the checks that did. */
  readonly otherwise: readonly { readonly seed: number; readonly checks: readonly string[] }[];
}

/** Seeds from 1. A patch without `caughtBy` is hunted by every check. */
export async function huntPatch(patch: Patch | HarmlessPatch | SlippingPatch, seeds: number): Promise<Hunted> {
  const [{ runSeedOf }, setup] = await Promise.all([patchedSimulator(patch), seedSetup({ members: patch.members })]);
  const otherwise: { seed: number; checks: readonly string[] }[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const outcome = await runSeedOf(seed, setup);
    const failed = failedChecks(outcome);
    const naming = 'caughtBy' in patch ? failed.filter((check) => patch.caughtBy.includes(check)) : failed;
    if (naming.length > 0) return { seed, checks: naming, otherwise };
    if (isFailing(outcome)) otherwise.push({ seed, checks: failed });
  }
  return { seed: undefined, checks: [], otherwise };
}

/** A seed that broke down failed the check of none. */
function failedChecks({ checks, error }: SeedOutcome): readonly string[] {
  if (error !== undefined) return [`broke down: ${error}`];
  return checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check);
}
