/** The blocks of scenarios that are not run: one that cannot be read, and one of which only the plan was asked for. */

import { History } from '../history/history.ts';
import type { Summary } from '../report/events.ts';
import { type DryRunOptions, toPlan } from './dry-run.ts';
import type { RunIdentity } from './identity.ts';
import { toFailure, toStart, toSummary } from './summary.ts';

/** Its block is reported all the same, with the error. */
export function refuseScenario(identity: RunIdentity, name: string, error: unknown): Summary {
  const summary = toSummary({ ended: toFailure(error), history: new History(), left: [], reproduce: identity.reproduce });
  identity.report(toStart(identity, { title: name }));
  identity.report(summary);
  return summary;
}

/** What a run would do; nothing is started. */
export function planScenario(identity: RunIdentity, planned: Omit<DryRunOptions, 'seed'>): void {
  identity.report(toStart(identity, { ...planned.scenario }));
  identity.report(toPlan({ ...planned, seed: identity.seed }));
}
