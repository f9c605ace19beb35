import type { SuiteOf } from '../../suite.ts';
import type { Rules } from '../rules.ts';
import type { Sizes } from '../sizes.ts';

export type Suite = SuiteOf<Rules, Sizes>;
