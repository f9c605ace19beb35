import type { SuiteOf } from '../../suite.ts';
import type { Kind } from '../judge.ts';
import type { Rules } from '../rules.ts';
import type { Sizes } from '../sizes.ts';

export interface Suite extends SuiteOf<Rules, Sizes> {
  /** The kinds of violations that are looked for; left out: all. */
  readonly kinds?: readonly Kind[];
}
