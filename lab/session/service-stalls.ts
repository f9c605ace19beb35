/**
 * What services tell of how late they were themselves, each spell once, on the run's clock. A service says how long ago
 * it was, so no wall clocks are compared.
 */
import type { ProcessReport } from '../../services/protocol/process.ts';
import type { MachineSink } from './machine-watch.ts';

export interface ServiceStallsOptions {
  readonly sink: MachineSink;
  /**
   * All services are one process, and the world tells of its stalls as they happen: then only how it fared with the
   * processors is taken, once, and how each program did that is none of them.
   */
  readonly isOneProcess: boolean;
}

/** The one that is asked for the process of all. */
const SPOKESMAN = 'origin';

interface Seen {
  /** The node that answered. */
  readonly of: string;
  /** When, on the run's clock. */
  readonly reportedMs: number;
  /** A program of others, a process by itself in every world. */
  readonly isProgram?: boolean | undefined;
}

interface Known {
  readonly since: string;
  readonly next: number;
  readonly waitedMs: number | null;
  readonly reportedMs: number;
}

export class ServiceStalls {
  readonly #options: ServiceStallsOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: ServiceStallsOptions) {
    this.#options = options;
  }

  saw(report: ProcessReport | undefined, { of, reportedMs, isProgram = false }: Seen): void {
    const { isOneProcess } = this.#options;
    const loop = report?.eventLoop ?? undefined;
    if (loop === undefined || (isOneProcess && !isProgram && of !== SPOKESMAN)) return;
    const last = this.#known.get(of);
    const known = last?.since === loop.since ? last : undefined;
    if (!isOneProcess) this.#addStalls(of, loop.spells, { next: known?.next ?? 0, reportedMs });
    if (known !== undefined)
      this.#addPressure(isOneProcess && !isProgram ? 'services' : of, known, { waitedMs: loop.waitedMs, reportedMs });
    const next = Math.max(known?.next ?? 0, ...loop.spells.map(({ number }) => number + 1));
    this.#known.set(of, { since: loop.since, next, waitedMs: loop.waitedMs, reportedMs });
  }

  #addStalls(
    of: string,
    spells: NonNullable<ProcessReport['eventLoop']>['spells'],
    { next, reportedMs }: Pick<Known, 'next' | 'reportedMs'>,
  ): void {
    for (const { number, endedMsAgo, overMs, lateMs } of spells)
      if (number >= next) this.#options.sink.add('stall', { dueMs: reportedMs - endedMsAgo - overMs, lateMs, overMs, of });
  }

  #addPressure(of: string, before: Known, { waitedMs, reportedMs }: Pick<Known, 'waitedMs' | 'reportedMs'>): void {
    if (waitedMs === null || before.waitedMs === null || waitedMs <= before.waitedMs) return;
    this.#options.sink.add('pressure', {
      of,
      atMs: reportedMs,
      overMs: reportedMs - before.reportedMs,
      waitedMs: waitedMs - before.waitedMs,
    });
  }
}
