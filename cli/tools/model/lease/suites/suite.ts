/** A suite: which rules differ from those that should stand, and how much may happen. */
import type { Rules } from '../rules.ts';
import type { Sizes } from '../sizes.ts';

export interface Suite {
  readonly name: string;
  readonly about: string;
  readonly rules: Partial<Rules>;
  readonly sizes: Partial<Sizes>;
}
