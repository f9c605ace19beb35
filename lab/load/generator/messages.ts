/** What passes between the lab and its load generator. Both ends are of one version. */
import type { RecordLine } from '../../history/record-kinds.ts';
import type { Workload } from '../../scenarios/scenario.ts';
import type { EdgeAddress } from '../../system/edges/edges.ts';
import type { SentRead } from '../operations.ts';
import type { SlotId } from '../slot-writes.ts';

/** The reads of a plan: drawn by the generator itself, as the lab would draw them. */
export interface DrawnReads {
  readonly workload: Workload;
  /** Their names, in the order in which the plan has them. */
  readonly regions: readonly string[];
  readonly seed: number;
}

export interface GeneratorOrder extends DrawnReads {
  readonly edges: readonly EdgeAddress[];
  /**
   * The run's start, monotonic: on its way on the clock that processes share (`sharedAheadMs`), else on that of who
   * reads it.
   */
  readonly startedAt: number;
  /** What there is to be read so far. */
  readonly ids: readonly SlotId[];
}

/** A read that the generator has sent, and that has ended. */
export interface GeneratedRead extends SentRead {
  /** Of the id that the next creation was likely to get. */
  readonly isAhead?: true;
}

export interface GeneratorReport {
  /** Of the processor, in user and system mode, since it began to send. */
  readonly processorMs: number;
}

export type ToGenerator =
  | { readonly type: 'order'; readonly order: GeneratorOrder }
  /** The plan begins now: `atMs` on the shared clock. */
  | { readonly type: 'begin'; readonly atMs: number }
  | { readonly type: 'created'; readonly created: SlotId }
  /** Nothing more is to be sent. */
  | { readonly type: 'stop' };

export type FromGenerator =
  /** It has its order, and can begin. */
  | { readonly type: 'ready' }
  | { readonly type: 'reads'; readonly reads: readonly GeneratedRead[] }
  /** It stood still, or waited for a processor. */
  | { readonly type: 'record'; readonly line: RecordLine }
  /** Everything it was to send was sent, and has ended. */
  | { readonly type: 'done'; readonly report: GeneratorReport }
  /** Its last words. */
  | { readonly type: 'crashed'; readonly message: string };
