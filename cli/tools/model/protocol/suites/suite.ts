/** A suite: which rules differ from those that should stand, how much may happen, and what is looked at. */
import type { Promised } from '../judge.ts';
import type { Rules } from '../rules.ts';
import type { Sizes } from '../sizes.ts';

export interface Suite {
  readonly name: string;
  readonly about: string;
  readonly rules: Partial<Rules>;
  readonly sizes: Partial<Sizes>;
  /** The promises that are looked at; left out: all but those that the protocol does not make. */
  readonly promises?: readonly Promised[];
}
