import type { SuiteOf } from '../../suite.ts';
import type { Promised } from '../judge.ts';
import type { Rules } from '../rules.ts';
import type { Sizes } from '../sizes.ts';

export interface Suite extends SuiteOf<Rules, Sizes> {
  /** The promises that are looked at; left out: all but those that the protocol does not make. */
  readonly promises?: readonly Promised[];
}
