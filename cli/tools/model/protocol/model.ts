/**
 * The invalidation protocol as an explicit-state model: one region with one edge and its cache, one key. Origin,
 * outbox, relay, two partitions with their queues, fetches step by step, and the faults of docs/protocol.md.
 *
 * Left out: several edges on one cache, heartbeats and the lease, real time (ticks end entries and marks only), fetches
 * of several keys, several relays, and how faults are noticed: an oracle tells that a cache has gone back, or a log is
 * another one.
 */
import type { Model } from '../search.ts';
import { addEdgeSteps } from './edge-steps.ts';
import { addFaultSteps } from './fault-steps.ts';
import { addOriginSteps } from './origin-steps.ts';
import { checkQuiescence } from './quiescence.ts';
import { addReadSteps } from './read-steps.ts';
import { RULES, type Rules } from './rules.ts';
import { type Setting, type Sizes, withDefaults } from './sizes.ts';
import { firstState, type ProtocolState } from './state.ts';
import { stepsFrom } from './steps.ts';
import { addTimeSteps } from './time-steps.ts';

/** Rules that are left out stand as they should. */
export function protocolModel(changed: { readonly rules: Partial<Rules>; readonly sizes: Partial<Sizes> }): Model<ProtocolState> {
  const setting: Setting = { rules: { ...RULES, ...changed.rules }, sizes: withDefaults(changed.sizes) };
  return {
    init: () => firstState(setting.sizes),
    next: (state) => {
      const steps = stepsFrom(state);
      addOriginSteps(steps, setting);
      addEdgeSteps(steps, setting);
      addReadSteps(steps, setting);
      addTimeSteps(steps, setting);
      addFaultSteps(steps, setting);
      return steps.all;
    },
    check: (state) => checkQuiescence(setting, state),
  };
}
