/** What regions were seen to serve of a key over time, beside what the origin was known to hold. */

import { keyOf } from '../../checks/answers.ts';
import type { Anomaly } from '../../checks/check.ts';
import { type AcknowledgedWrite, type AnsweredRead, isAcknowledged, isAnswered } from '../../checks/versions.ts';
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
export function keysToShow({ changes, reads: all }: History, anomalies: readonly Anomaly[], max: number): readonly string[] {
  const written = new Set(changes.filter(isAcknowledged).map(({ key }) => key));
  const reads = new Map<string, number>();
  for (const { key } of all) reads.set(key, (reads.get(key) ?? 0) + 1);
  const hottest = [...reads].sort(([, one], [, other]) => other - one).map(([key]) => key);
  const anomalous = anomalies.map(({ key }) => key).filter((key) => reads.has(key));
  return [...new Set([...anomalous, ...hottest.filter((key) => written.has(key))])].slice(0, max);
}

/** What is known of some keys. */
export class ServedKeys {
  readonly #known: ReadonlyMap<string, Known[]>;
  /** By key in a region. */
  readonly #runs = new Map<string, Run[]>();

  constructor({ changes, reads }: History, keys: readonly string[]) {
    this.#known = new Map(keys.map((key) => [key, []]));
    for (const write of changes) if (isAcknowledged(write)) this.#note(write, write.kind === 'delete');
    for (const read of reads) {
      if (!isAnswered(read) || !this.#known.has(read.key)) continue;
      this.#note(read, read.found === false && read.version > 0);
      const cell = keyOf(read);
      const runs = this.#runs.get(cell) ?? [];
      this.#runs.set(cell, runs);
      addTo(runs, read);
    }
  }

  /** Ascending in time and version. */
  heldAtOrigin(key: string): readonly Held[] {
    const known = (this.#known.get(key) ?? []).sort((one, other) => one.fromMs - other.fromMs || one.id - other.id);
    let highest = -1;
    return known.filter(({ version }) => {
      if (version <= highest) return false;
      highest = version;
      return true;
    });
  }

  servedIn(cell: { readonly region: string; readonly key: string }, held: readonly Held[]): readonly Served[] {
    const runs = this.#runs.get(keyOf(cell)) ?? [];
    // Answers that overlap: the later run has the time of both.
    const apart = runs.map((run, at) => ({ ...run, toMs: Math.max(run.fromMs, Math.min(run.toMs, runs[at + 1]?.fromMs ?? run.toMs)) }));
    return apart.map((run) => ({ ...run, parts: partsOf(run, held) }));
  }

  /** Of each version and of its deletion the first that shows it is enough. */
  #note({ id, key, version, endMs: fromMs }: AcknowledgedWrite | AnsweredRead, deleted: boolean): void {
    const known = this.#known.get(key);
    const shown = known?.findLast((held) => held.version === version && held.deleted === deleted);
    if (shown === undefined) known?.push({ id, fromMs, version, deleted });
    else if (fromMs < shown.fromMs) Object.assign(shown, { id, fromMs });
  }
}

interface Known extends Held {
  /** Of the operation that shows it. */
  readonly id: number;
}

type Run = Omit<Served, 'parts'>;

/** `runs` grows by a read that began after all of them. */
function addTo(runs: Run[], { startMs, endMs, version, found = true, status = 'fresh' }: AnsweredRead): void {
  const last = runs.at(-1);
  if (last?.version === version && last.found === found && last.label === status)
    runs[runs.length - 1] = { ...last, toMs: Math.max(last.toMs, endMs), reads: last.reads + 1 };
  else runs.push({ fromMs: startMs, toMs: endMs, version, found, label: status, reads: 1 });
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
