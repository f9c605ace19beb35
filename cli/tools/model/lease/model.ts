/**
 * The lease of one region as an explicit-state model with discrete time: origin, outbox, relays step by step, late and
 * lost sends, two partitions, delay, stored offsets, snapshot, log made anew, fetches, clocks that differ.
 *
 * Left out: lifetimes, tags and patterns, 404s, the bound of a queue, pipelines with a failed command, partitions added
 * to a running log, clocks that step back, a log that loses what it acknowledged, several edges on one cache.
 */
import type { Model } from '../search.ts';
import { addEdgeSteps } from './edge-steps.ts';
import { checkRead } from './freshness.ts';
import { addOriginSteps } from './origin-steps.ts';
import { addReadSteps } from './read-steps.ts';
import { addRelaySteps } from './relay-steps.ts';
import { RULES, type Rules } from './rules.ts';
import { type Setting, type Sizes, withDefaults } from './sizes.ts';
import { firstState, type LeaseState } from './state.ts';
import { stepsFrom } from './steps.ts';

/** Rules that are left out stand as they should. */
export function leaseModel(changed: { readonly rules: Partial<Rules>; readonly sizes: Partial<Sizes> }): Model<LeaseState> {
  const setting: Setting = { rules: { ...RULES, ...changed.rules }, sizes: withDefaults(changed.sizes) };
  return {
    init: () => firstState(setting.sizes),
    next: (state) => {
      const steps = stepsFrom(state);
      addOriginSteps(steps, setting);
      addRelaySteps(steps, setting);
      addEdgeSteps(steps, setting);
      addReadSteps(steps, setting);
      return steps.all;
    },
    check: (state) => checkRead(setting, state),
  };
}
