/** How a run ended, in a word and in a sentence: what every report begins with. */
import { EXIT } from '../errors.ts';
import type { Summary } from './events.ts';
import { plural } from './html/format.ts';

const NAMED_MAX = 4;

export type Outcome = 'pass' | 'fail' | 'unknown';

/** In words, the worst first; colour only repeats them. */
export function outcomeOf({ status, verdict, heal, exitCode }: Summary): { readonly word: string; readonly kind: Outcome } {
  if (!heal.clean) return { word: 'Not healed', kind: 'fail' };
  if (exitCode === EXIT.invalidInput) return { word: 'Refused', kind: 'unknown' };
  if (status === 'failed') return { word: 'The lab failed', kind: 'unknown' };
  if (status === 'aborted') return { word: 'Stopped', kind: verdict === 'fail' ? 'fail' : 'unknown' };
  if (exitCode === EXIT.threshold) return { word: 'Threshold crossed', kind: 'fail' };
  return { word: { pass: 'Pass', fail: 'Fail', unknown: 'Unknown' }[verdict], kind: verdict };
}

/** One sentence with numbers. */
export function reasonOf(summary: Summary, regions: number): string {
  const { status, heal, error, verdict, checks, thresholds, operations } = summary;
  const over = `over ${plural(operations.reads, 'read')} and ${plural(operations.writes, 'write')} in ${plural(regions, 'region')}`;
  if (!heal.clean) return `Faults could not be healed. These may be left behind: ${heal.left.join(', ')}.`;
  if (status === 'failed') return `${error ?? 'The world of the run failed.'}`;
  const crossed = thresholds.filter(({ ok, doubt }) => !ok && doubt === undefined).map(({ metric, threshold }) => `${metric} ${threshold}`);
  const found = (wanted: Outcome) => checks.filter((check) => check.verdict === wanted);
  const failed = found('fail').map(({ check, anomalies }) =>
    anomalies > 0 ? `${check} (${plural(anomalies, 'anomaly', 'anomalies')})` : check,
  );
  if (failed.length > 0) return `${failed.length} of ${plural(checks.length, 'check')} failed ${over}: ${named(failed)}.`;
  if (status === 'aborted')
    return `Stopped before its end, after ${plural(operations.reads, 'read')} and ${plural(operations.writes, 'write')}. A run that was stopped proves nothing about what did not happen.`;
  if (verdict === 'unknown')
    return `There is not enough evidence ${over}: ${named(found('unknown').map(({ check, reason }) => `${check}: ${reason}`)) || 'nothing was judged'}.`;
  if (crossed.length > 0)
    return `${plural(found('pass').length, 'check')} held ${over}; ${crossed.length} of ${plural(thresholds.length, 'threshold')} crossed: ${named(crossed)}.`;
  const kept = thresholds.length === 0 ? '' : `, ${plural(thresholds.length, 'threshold')} kept`;
  return `${plural(checks.length, 'check')} held ${over}${kept}.`;
}

function named(words: readonly string[]): string {
  const more = words.length > NAMED_MAX ? ` and ${words.length - NAMED_MAX} more` : '';
  return `${words.slice(0, NAMED_MAX).join(', ')}${more}`;
}
