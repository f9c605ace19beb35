/** The checks that a saved history asks for. */
import { CHECKS, type CheckName, isCheckName } from '../../lab/checks/checks.ts';
import { InvalidInput } from '../../lab/errors.ts';
import type { SavedHistory } from '../../lab/history/read-history.ts';
import { didYouMean } from '../../lab/input/nearest.ts';

/** Throws InvalidInput for a check that this program does not have. */
export function checksOf({ head: { checks } }: Pick<SavedHistory, 'head'>, file: string): readonly CheckName[] {
  return checks.map((name) => {
    if (isCheckName(name)) return name;
    const known = Object.keys(CHECKS);
    throw new InvalidInput(`${file}:1: checks: expected one of ${known.join(', ')}, got ${JSON.stringify(name)}${didYouMean(name, known)}`);
  });
}
