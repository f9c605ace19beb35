/** Each rule taken out: a promise must be violated, else the rule is not needed. */
import { BREAK_LOG } from './break-log.ts';
import { BREAK_READS } from './break-reads.ts';
import type { Suite } from './suite.ts';

export const BREAK: readonly Suite[] = [...BREAK_LOG, ...BREAK_READS];
