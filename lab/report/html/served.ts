/** What regions were seen to serve of a key over time, beside what the origin was known to hold. */

import { keyOf } from '../../checks/answers.ts';
import type { Anomaly } from '../../checks/check.ts';
import type { Staleness } from '../../checks/staleness.ts';
import { type AnsweredRead, isAcknowledged } from '../../checks/versions.ts';
import type { History } from '../../history/history.ts';
import type { Span } from './time-axis.ts';

/** From when on the origin was known to hold a version. */
export interface Held {
  readonly fromMs: number;
  readonly version: number;
  readonly deleted: boolean;
}

/** Reads one after another that were answered alike. */
export interface Served extends Span {
  readonly version: number;
  readonly found: boolean;
  readonly label: 'fresh' | 'stale';
  readonly reads: number;
  /** Without gaps: by how many versions the origin was known to be ahead meanwhile. */
  readonly parts: readonly (Span & { readonly behind: number })[];
}

/** The keys with anomalies, then those read most. */
export function keysToShow(history: History, anomalies: readonly Anomaly[], max: number): readonly string[] {
  const written = new Set(history.operations.filter(isAcknowledged).map(({ key }) => key));
  const reads = new Map<string, number>();
  for (const { key } of history.reads()) reads.set(key, (reads.get(key) ?? 0) + 1);
  const hottest = [...reads].sort(([, one], [, other]) => other - one).map(([key]) => key);
  const anomalous = anomalies.map(({ key }) => key).filter((key) => reads.has(key));
  return [...new Set([...anomalous, ...hottest.filter((key) => written.has(key))])].slice(0, max);
}

/** Ascending in time and version. */
export function heldOf(history: History, key: string): readonly Held[] {
  const known: Held[] = [];
  for (const operation of history.operations) {
    if (operation.kind === 'purge' || operation.key !== key || operation.outcome !== 'ok') continue;
    const { version, endMs } = operation;
    if (version === undefined || endMs === undefined) continue;
    const deleted = operation.kind === 'delete' || (operation.kind === 'read' && operation.found === false && version > 0);
    known.push({ fromMs: endMs, version, deleted });
  }
  known.sort((one, other) => one.fromMs - other.fromMs);
  let highest = -1;
  return known.filter(({ version }) => {
    if (version <= highest) return false;
    highest = version;
    return true;
  });
}

export function servedOf(
  staleness: Staleness,
  cell: { readonly region: string; readonly key: string },
  held: readonly Held[],
): readonly Served[] {
  return runsOf(staleness.byKey.get(keyOf(cell)) ?? []).map((run) => ({ ...run, parts: partsOf(run, held) }));
}

type Run = Omit<Served, 'parts'>;

function runsOf(reads: readonly AnsweredRead[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { startMs, endMs, version, found = true, status = 'fresh' } of reads) {
    const last = runs.at(-1);
    if (last?.version === version && last.found === found && last.label === status)
      runs[runs.length - 1] = { ...last, toMs: Math.max(last.toMs, endMs), reads: last.reads + 1 };
    else runs.push({ fromMs: startMs, toMs: endMs, version, found, label: status, reads: 1 });
  }
  // Answers that overlap: the later run has the time of both.
  return runs.map((run, at) => ({ ...run, toMs: Math.max(run.fromMs, Math.min(run.toMs, runs[at + 1]?.fromMs ?? run.toMs)) }));
}

function partsOf(run: Run, held: readonly Held[]): Served['parts'] {
  const later = held.filter(({ version }) => version > run.version);
  const cuts = later.map(({ fromMs }) => fromMs).filter((ms) => ms > run.fromMs && ms < run.toMs);
  const starts = [run.fromMs, ...cuts];
  return starts.map((fromMs, at) => ({
    fromMs,
    toMs: starts[at + 1] ?? run.toMs,
    behind: later.filter((state) => state.fromMs <= fromMs).length,
  }));
}
