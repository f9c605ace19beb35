/** What a check needs to be told beside the answers that readers get: not every edge tells it. */
import type { History } from '../history/history.ts';
import type { Check, CheckContext, CheckResult, Need } from './check.ts';
import { isAnswered } from './versions.ts';

interface Evidence {
  /** For a sentence: `it needs …, which nobody told`. */
  readonly about: string;
  readonly isToldOf: (region: string, history: History) => boolean;
}

const EVIDENCE: Readonly<Record<Need, Evidence>> = {
  'fetch-counter': {
    about: 'how often each edge asked the origin',
    isToldOf: (region, history) => history.of('edge-sample').some((sample) => sample.region === region),
  },
  'fetch-time': {
    about: 'when the origin was asked for each answer',
    isToldOf: (region, { operations }) =>
      operations.some((operation) => isAnswered(operation) && operation.region === region && operation.cachedMs !== undefined),
  },
  strategy: {
    about: 'which strategy each region had',
    isToldOf: (region, history) => history.of('strategy').some((change) => change.region === region),
  },
};

/** What the check finds. Where a region that answered lacks what the check needs it is unknown at best, by the name of what is missing. */
export function judgeAsNeeded(check: Check, history: History, context: CheckContext): CheckResult {
  const { name, needs = [] } = check;
  const missing = needs.length === 0 ? [] : missingOf(needs, history, context.regions);
  if (missing.length === 0) return check.judge(history, context);
  const reason = `it needs ${missing.map(({ what }) => what).join(' and ')}, which nobody told`;
  const unknown = { check: name, verdict: 'unknown', reason, anomalies: [] } as const;
  if (missing.some(({ isOfAll }) => isOfAll)) return unknown;
  const result = check.judge(history, context);
  return result.verdict === 'fail' ? result : unknown;
}

function missingOf(needs: readonly Need[], history: History, regions: readonly string[]) {
  const answering = regions.filter((region) =>
    history.operations.some((operation) => isAnswered(operation) && operation.region === region),
  );
  return needs.flatMap((need) => {
    const { about, isToldOf } = EVIDENCE[need];
    const without = answering.filter((region) => !isToldOf(region, history));
    if (without.length === 0) return [];
    const isOfAll = without.length === answering.length;
    return [{ isOfAll, what: isOfAll ? about : `${about} (of ${without.join(', ')})` }];
  });
}
