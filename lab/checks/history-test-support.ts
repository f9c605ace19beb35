/** Literal histories for the tests of checks: an operation is what matters of it; the rest is the same everywhere. */
import { createRandom } from '../../services/runtime/random.ts';
import { resolveTarget } from '../faults/target.ts';
import { History } from '../load/history.ts';
import type { DelayChange, FaultRecord, Operation, ReadOperation, WriteOperation } from '../load/records.ts';

export const REGIONS = ['us-east', 'eu-west'] as const;
export const KEY = 'content:7';
export const DELAY_MS = 300;
/** What epsilon is without a slow read in the warm-up. */
export const EPSILON_MS = 150;
/** The largest staleness of a fresh read that is within its bound. */
export const BOUND_MS = DELAY_MS + EPSILON_MS;

const BASE = { id: 0, phase: 'fault', slot: 'lab-0', key: KEY, outcome: 'ok', error: undefined } as const;

/** An update answered at `endMs`. */
export function write(version: number, endMs: number, more: Partial<WriteOperation> = {}): WriteOperation {
  return { ...BASE, kind: 'update', version, startMs: endMs - 5, endMs, ...more };
}

/** A read of eu-west, begun at `startMs`, answered 2 ms later by a fresh entry. */
export function read(version: number, startMs: number, more: Partial<ReadOperation> = {}): ReadOperation {
  const answer = { region: 'eu-west', version, found: true, source: 'cache', status: 'fresh', final: false } as const;
  return { ...BASE, kind: 'read', startMs, endMs: startMs + 2, ...answer, ...more };
}

export interface FaultTimes {
  readonly fromMs: number;
  /** undefined: never healed. */
  readonly toMs?: number | undefined;
  readonly allowanceMs?: number;
}

export function fault(name: string, target: string, { fromMs, toMs, allowanceMs = 0 }: FaultTimes): FaultRecord {
  const [resolved] = resolveTarget(target, REGIONS, createRandom(0));
  if (resolved === undefined) throw new TypeError(`expected a target, got ${target}`);
  return {
    id: 'f1',
    fault: name,
    target: resolved,
    injectedMs: fromMs,
    healedMs: toMs,
    recoveryAllowanceMs: allowanceMs,
    effect: 'confirmed',
  };
}

export interface Written {
  readonly operations: readonly Operation[];
  readonly faults?: readonly FaultRecord[];
  /** Both regions start with DELAY_MS. */
  readonly delays?: readonly DelayChange[];
  /** When something was due, and how late it ran. */
  readonly stalls?: readonly (readonly [dueMs: number, lateMs: number])[];
}

/** Operations get their place as their id. */
export function historyOf({ operations, faults = [], delays = [], stalls = [] }: Written): History {
  const history = new History();
  for (const operation of operations) history.add({ ...operation, id: history.nextId });
  for (const record of faults) history.addFault(record);
  for (const change of [...REGIONS.map((region) => ({ region, atMs: 0, delayMs: DELAY_MS })), ...delays]) history.addDelay(change);
  for (const [dueMs, lateMs] of stalls) history.addStall({ dueMs, lateMs });
  return history;
}
