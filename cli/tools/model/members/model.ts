/**
 * Several edge processes, *members*, of one region on one cache, with hot entries or without: one to three members that
 * read the whole log or split it, restarts, a new life of the cache, a log made anew, reads without the cache, and
 * lookups whose answers are under way.
 *
 * Left out: outbox and relay, which the model of the lease has; clocks that differ; lifetimes, tags and patterns, 404s;
 * how faults are noticed.
 */
import type { Model } from '../search.ts';
import { addApplySteps } from './apply-steps.ts';
import { addHotSteps } from './hot-steps.ts';
import { judge } from './judge.ts';
import { addMemberSteps } from './member-steps.ts';
import { addOriginSteps } from './origin-steps.ts';
import { addReadSteps } from './read-steps.ts';
import { RULES, type Rules } from './rules.ts';
import { type Setting, type Sizes, withDefaults } from './sizes.ts';
import { firstState, type MembersState } from './state.ts';
import { stepsFrom } from './steps.ts';

/** Rules that are left out stand as they should. */
export function membersModel(changed: { readonly rules: Partial<Rules>; readonly sizes: Partial<Sizes> }): Model<MembersState> {
  const setting: Setting = { rules: { ...RULES, ...changed.rules }, sizes: withDefaults(changed.sizes) };
  return {
    init: () => firstState(setting),
    next: (state) => {
      const steps = stepsFrom(state);
      addOriginSteps(steps, setting);
      for (const index of state.members.keys()) {
        addApplySteps(steps, setting, index);
        addMemberSteps(steps, setting, index);
        addReadSteps(steps, setting, index);
        addHotSteps(steps, setting, index);
      }
      return steps.all;
    },
    check: (state) => judge(setting, state),
  };
}
