/** A mix of events, for suites in which the rules stand as they should. */
import type { Suite } from './suite.ts';

export type Mix = Omit<Suite, 'name' | 'rules'>;

/** Each mix in an eager region, then in a lazy one. */
export function inBothStrategies(prefix: string, mixes: readonly Mix[]): readonly Suite[] {
  return mixes.flatMap(({ about, sizes, ...mix }, index) =>
    (['eager', 'lazy'] as const).map((strategy) => ({
      name: `${prefix}${index + 1}-${strategy}`,
      about: `${about}, ${strategy}`,
      rules: {},
      sizes: { ...sizes, isLazy: strategy === 'lazy' },
      ...mix,
    })),
  );
}
