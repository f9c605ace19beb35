/** What a check needs to be told beside the answers that readers get: not every edge tells it. */
import type { History } from '../history/history.ts';
import type { Check, CheckResult, Need } from './check.ts';
import { isAnswered } from './versions.ts';

interface Evidence {
  /** For a sentence: `it needs …, which nobody told`. */
  readonly about: string;
  readonly isIn: (history: History) => boolean;
}

const EVIDENCE: Readonly<Record<Need, Evidence>> = {
  'fetch-counter': {
    about: 'how often each edge asked the origin',
    isIn: (history) => history.of('edge-sample').length > 0,
  },
  'fetch-time': {
    about: 'when the origin was asked for each answer',
    isIn: (history) => history.operations.some((operation) => isAnswered(operation) && operation.cachedMs !== undefined),
  },
  strategy: {
    about: 'which strategy each region had',
    isIn: (history) => history.of('strategy').length > 0,
  },
};

/** Unknown, by the name of what is missing; undefined where nothing is, or nothing was answered: then there is nothing to judge at all. */
export function unmetNeeds({ name, needs = [] }: Check, history: History): CheckResult | undefined {
  const missing = needs.filter((need) => !EVIDENCE[need].isIn(history));
  if (missing.length === 0 || !history.operations.some(isAnswered)) return undefined;
  const reason = `it needs ${missing.map((need) => EVIDENCE[need].about).join(' and ')}, which nobody told`;
  return { check: name, verdict: 'unknown', reason, anomalies: [] };
}
