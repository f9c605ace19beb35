/** The table of faults. A new one is a file and a line here. */

import type { Fault } from './fault.ts';
import { bandwidth } from './kinds/bandwidth.ts';
import { duplicate } from './kinds/duplicate.ts';
import { evict } from './kinds/evict.ts';
import { flush } from './kinds/flush.ts';
import { garble } from './kinds/garble.ts';
import { isolate } from './kinds/isolate.ts';
import { kill } from './kinds/kill.ts';
import { latency } from './kinds/latency.ts';
import { newLog } from './kinds/new-log.ts';
import { partition } from './kinds/partition.ts';
import { pause } from './kinds/pause.ts';
import { propagationDelay } from './kinds/propagation-delay.ts';
import { readOnly } from './kinds/read-only.ts';
import { reset } from './kinds/reset.ts';
import { restart } from './kinds/restart.ts';
import { rollback } from './kinds/rollback.ts';
import { strategy } from './kinds/strategy.ts';
import { tornBatch } from './kinds/torn-batch.ts';
import { truncateLog } from './kinds/truncate-log.ts';

const ALL = [
  partition,
  latency,
  bandwidth,
  duplicate,
  reset,
  isolate,
  pause,
  kill,
  restart,
  readOnly,
  tornBatch,
  rollback,
  evict,
  flush,
  newLog,
  truncateLog,
  garble,
  propagationDelay,
  strategy,
] as const;

/**
 * By name. Parameters are parsed with the fault's own schema before they reach it, which is what makes the cast true.
 */
export const FAULTS: ReadonlyMap<string, Fault> = new Map(ALL.map((fault) => [fault.name, fault as Fault]));

/** What its table row says of a fault that a record names. Of one that is not known any more: nothing. */
export function factsOf({ fault }: { readonly fault: string }): Partial<Fault> {
  return FAULTS.get(fault) ?? {};
}
