/** The table of faults. A new one is a file and a line here. */
import { bandwidth } from './bandwidth.ts';
import type { Fault } from './fault.ts';
import { flush } from './flush.ts';
import { isolate } from './isolate.ts';
import { kill } from './kill.ts';
import { latency } from './latency.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { propagationDelay } from './propagation-delay.ts';
import { reset } from './reset.ts';
import { restart } from './restart.ts';
import { strategy } from './strategy.ts';

const ALL = [partition, latency, bandwidth, reset, isolate, pause, kill, restart, propagationDelay, strategy, flush] as const;

/** By name. Parameters are parsed with the fault's own schema before they reach it, which is what makes the cast true. */
export const FAULTS: ReadonlyMap<string, Fault> = new Map(ALL.map((fault) => [fault.name, fault as Fault]));
