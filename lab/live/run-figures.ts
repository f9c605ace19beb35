/**
 * Follows the operations of a run from the lines of its history, as they end. The live verdict leaves them out, for the
 * run itself judges them at its end; how old their answers are is shown meanwhile.
 */
import { isAnswered, Versions } from '../checks/versions.ts';
import { History } from '../history/history.ts';
import type { HistoryLine } from '../history/history-lines.ts';
import type { Ending, Operation, ReadOperation } from '../history/records.ts';
import { FIGURES_MS, Figures } from './figures.ts';
import type { Judgement } from './live-judge.ts';

export interface RunFiguresOptions {
  readonly regions: readonly string[];
  /** Of the run's time 0, on the clock of the session. */
  readonly startedMs: number;
  readonly onRefused: (region: string, error: string, endMs: number) => void;
}

/** Those that changed something are kept for the whole run: what an answer is older than is among them. */
const CHANGES_MAX = 20_000;

export class RunFigures {
  readonly #options: RunFiguresOptions;
  /** Sent and not ended. */
  readonly #open = new Map<number, Operation>();
  #changes: Operation[] = [];
  #reads: ReadOperation[] = [];

  constructor(options: RunFiguresOptions) {
    this.#options = options;
  }

  take(line: HistoryLine): void {
    if (line.line === 'sent') {
      const { operation } = line;
      if (operation.outcome === undefined) this.#open.set(operation.id, operation);
      else this.#ended(operation);
    } else if (line.line === 'ended') {
      const { line: _line, id, ...ending } = line;
      const operation = this.#open.get(id);
      this.#open.delete(id);
      if (operation !== undefined) this.#ended({ ...operation, ...(ending as Ending) } as Operation);
    }
  }

  figures(nowMs: number): Pick<Judgement, 'staleness' | 'reads'> {
    const { regions, startedMs } = this.#options;
    const runMs = nowMs - startedMs;
    this.#reads = this.#reads.filter(({ startMs }) => startMs >= runMs - FIGURES_MS);
    const history = new History();
    const operations = [...this.#changes, ...this.#reads].toSorted((one, other) => one.startMs - other.startMs);
    for (const operation of operations) history.addOperation({ ...operation, id: history.nextId });
    const figures = new Figures(runMs);
    const versions = new Versions(history);
    for (const read of history.reads) if (isAnswered(read)) figures.take(read, versions.supersededBefore(read)?.atMs);
    return {
      staleness: Object.fromEntries(regions.map((region) => [region, figures.of(region)])),
      reads: Object.fromEntries(figures.reads),
    };
  }

  #ended(operation: Operation): void {
    if (operation.kind !== 'read') {
      this.#changes = [...this.#changes, operation].slice(-CHANGES_MAX);
    } else if (operation.outcome === 'ok') {
      this.#reads.push(operation);
    } else {
      const { onRefused, startedMs } = this.#options;
      onRefused(operation.region, operation.error ?? 'no answer', startedMs + (operation.endMs ?? operation.startMs));
    }
  }
}
