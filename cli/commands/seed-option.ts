/** A seed on the command line. */
import { InvalidArgumentError } from 'commander';

const SEED_MAX = 2 ** 32 - 1;

export function parseSeed(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > SEED_MAX) throw new InvalidArgumentError(`Expected a whole number from 0 to ${SEED_MAX}.`);
  return Number(text);
}
