/**
 * lost-write: after settle, the origin holds an older version of a key than one it acknowledged. No cache can be right
 * then: what regions should serve is gone at its source.
 *
 * Judged by what the origin itself answers after settle. The verdict is unknown for an
 * origin of the user's own that nobody can ask. `divergence` judges whether that version is a deletion or not.
 */
import type { History } from '../../history/history.ts';
import type { OriginState } from '../../history/records.ts';
import type { Anomaly, Check, CheckInput, CheckResult, Judging } from '../check.ts';
import { verdictOf } from '../verdict.ts';
import { type AcknowledgedWrite, isAcknowledged } from '../versions.ts';

const NAME = 'lost-write';
/** In place of a region. */
const ORIGIN = 'origin';

export const lostWrite: Check = {
  name: NAME,
  about: 'after settle, the origin holds an older version than one that it had acknowledged',
  begin,
};

function begin({ history }: CheckInput): Judging {
  return { result: () => judge(history) };
}

function judge(history: History): CheckResult {
  const latest = new Map<string, AcknowledgedWrite>();
  for (const write of history.changes) {
    if (isAcknowledged(write) && write.version > (latest.get(write.key)?.version ?? 0)) latest.set(write.key, write);
  }
  const told = history.of('origin');
  const states = new Map(told.filter(({ isAssumed }) => isAssumed !== true).map((state) => [state.key, state]));
  const lost = [...latest.values()].flatMap((write) => {
    const state = states.get(write.key);
    return state !== undefined && state.version < write.version ? [toAnomaly(write, state)] : [];
  });
  const judged = [...latest.keys()].filter((key) => states.has(key)).length;
  if (judged === 0) {
    const isAssumed = told.some((state) => state.isAssumed === true);
    const reason = isAssumed
      ? 'nothing to judge: nobody could ask the origin what it holds'
      : 'nothing to judge: the origin was asked for no key that has an acknowledged write';
    return { check: NAME, verdict: 'unknown', reason, anomalies: [] };
  }
  const reason = `${lost.length} of ${judged} keys have an older version at the origin than the one it acknowledged`;
  return verdictOf({ check: NAME, found: lost.length, anomalies: lost, reason });
}

function toAnomaly(write: AcknowledgedWrite, state: OriginState): Anomaly {
  return {
    anomaly: NAME,
    region: ORIGIN,
    key: write.key,
    explain: `expected version ${write.version} or later at the origin, which acknowledged that version, got version ${state.version} after settle`,
    witness: [write, state],
  };
}
