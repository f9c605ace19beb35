/** One pass over the reads of a history, for all who judge it. */
import type { History } from '../history/history.ts';
import type { Check, CheckContext, CheckInput, CheckResult, Judging } from './check.ts';
import { type Staleness, type StalenessRule, stalenessOf } from './staleness.ts';
import { isAnswered } from './versions.ts';

export function toInput(history: History, { regions, staleness: rule }: CheckContext): CheckInput {
  return {
    history,
    regions,
    rule,
    get staleness(): Staleness {
      return stalenessOf(history, rule);
    },
  };
}

/** Shows them every read. */
export function passOver(history: History, rule: StalenessRule, judgings: readonly Pick<Judging, 'read' | 'answer'>[]): void {
  const ofReads = judgings.flatMap(({ read }) => read ?? []);
  const ofAnswers = judgings.flatMap(({ answer }) => answer ?? []);
  if (ofReads.length + ofAnswers.length === 0) return;
  const ages = ofAnswers.length === 0 ? undefined : stalenessOf(history, rule).ages();
  for (const read of history.reads) {
    for (const take of ofReads) take(read);
    if (ages === undefined || !isAnswered(read)) continue;
    const stale = ages.of(read);
    for (const take of ofAnswers) take(read, stale);
  }
}

/** One check by itself, whatever it needs. */
export function judgeBy(check: Check, history: History, context: CheckContext): CheckResult {
  const judging = check.begin(toInput(history, context));
  passOver(history, context.staleness, [judging]);
  return judging.result();
}
