/** The table of checks. A new one is a file and a line here. */
import type { Check } from './check.ts';
import { divergence } from './divergence.ts';

export const CHECKS = { divergence } as const satisfies Readonly<Record<string, Check>>;
