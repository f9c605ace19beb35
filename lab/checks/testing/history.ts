/** Literal histories for the tests of checks: an operation is what matters of it; the rest is the same everywhere. */
import { createRandom } from '../../../services/runtime/random.ts';
import { History } from '../../history/history.ts';
import { HISTORY_VERSION, type HistoryHead } from '../../history/history-lines.ts';
import type {
  Applied,
  ClockReading,
  ClockShift,
  DelayChange,
  EdgeSample,
  FaultRecord,
  Operation,
  OriginSample,
  OriginState,
  Pressure,
  Published,
  PurgeOperation,
  ReadOperation,
  StrategyChange,
  WriteOperation,
} from '../../history/records.ts';
import type { RegionBounds } from '../../system/edges/edge.ts';
import { resolveTarget } from '../../system/target.ts';

export const REGIONS = ['us-east', 'eu-west'] as const;
export const KEY = 'content:7';
export const DELAY_MS = 300;
/** What epsilon is without a slow read in the warm-up. */
export const EPSILON_MS = 150;
/** The largest staleness of a fresh read that is within its bound. */
export const BOUND_MS = DELAY_MS + EPSILON_MS;

/** The head of a history whose words matter to nobody. */
export function headOf(more: Partial<HistoryHead> = {}): HistoryHead {
  return {
    line: 'head',
    historyVersion: HISTORY_VERSION,
    tool: 'edgesync-lab',
    version: '0',
    backend: 'simulated',
    seed: 1,
    scenario: 's',
    regions: [...REGIONS],
    staleness: 'adjusted',
    checks: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

const BASE = { id: 0, phase: 'fault', slot: 'lab-0', key: KEY, outcome: 'ok', error: undefined } as const;
const { key: _, ...WITHOUT_KEY } = BASE;

/** An update answered at `endMs`. */
export function write(version: number, endMs: number, more: Partial<WriteOperation> = {}): WriteOperation {
  return { ...BASE, kind: 'update', version, startMs: endMs - 5, endMs, ...more };
}

/** A read of eu-west, begun at `startMs`, answered 2 ms later by a fresh entry. */
export function read(version: number, startMs: number, more: Partial<ReadOperation> = {}): ReadOperation {
  const answer = { region: 'eu-west', version, found: true, source: 'cache', status: 'fresh', final: false } as const;
  return { ...BASE, kind: 'read', startMs, endMs: startMs + 2, ...answer, ...more };
}

/** A hard purge of KEY, sent at `startMs`, answered 5 ms later. */
export function purge(startMs: number, more: Partial<PurgeOperation> = {}): PurgeOperation {
  return { ...WITHOUT_KEY, kind: 'purge', type: 'key', target: KEY, mode: 'hard', startMs, endMs: startMs + 5, ...more };
}

/** What the origin holds of KEY at the end. */
export function origin(version: number, more: Partial<OriginState> = {}): OriginState {
  return { key: KEY, slot: 'lab-0', version, deleted: false, ...more };
}

/** What the edge of eu-west says at `atMs`: nothing waits. */
export function edgeSample(atMs: number, more: Partial<EdgeSample> = {}): EdgeSample {
  return { region: 'eu-west', atMs, since: '2026-01-01T00:00:00.000Z', originFetches: 0, lag: 0, queued: 0, applied: {}, ...more };
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
  /** Left out: those of our own edges, where entries are fresh for longer than anybody looks. */
  readonly bounds?: RegionBounds;
  readonly operations: readonly Operation[];
  readonly faults?: readonly FaultRecord[];
  /** Both regions start with DELAY_MS. */
  readonly delays?: readonly DelayChange[];
  /** When something was due, and how late it ran. */
  readonly stalls?: readonly (readonly [dueMs: number, lateMs: number])[];
  readonly shifts?: readonly ClockShift[];
  readonly held?: readonly OriginState[];
  readonly published?: readonly Published[];
  readonly applied?: readonly Applied[];
  readonly originSamples?: readonly OriginSample[];
  readonly edgeSamples?: readonly EdgeSample[];
  /** What the clock of an edge said when it was asked. */
  readonly readings?: readonly (readonly [region: string, reading: ClockReading])[];
  readonly pressures?: readonly Pressure[];
  readonly strategies?: readonly StrategyChange[];
}

/** A clock that is ahead by so much, asked twice a second until `untilMs`; each answer is there within 16 ms. */
export function clockAhead(aheadMs: number, { region = 'eu-west', fromMs = 0, untilMs = 20_000 } = {}): NonNullable<Written['readings']> {
  return Array.from({ length: (untilMs - fromMs) / 500 }, (_, at) => fromMs + at * 500).map((ms) => [
    region,
    { fromMs: ms, toMs: ms + 16, nowMs: ms + aheadMs },
  ]);
}

/** Operations get their place as their id. */
export function historyOf(written: Written): History {
  const history = new History(written.bounds === undefined ? {} : { bounds: written.bounds });
  const delays = REGIONS.map((region) => ({ region, atMs: 0, delayMs: DELAY_MS }));
  for (const operation of written.operations) history.addOperation({ ...operation, id: history.nextId });
  for (const record of written.faults ?? []) history.addFault(record);
  for (const change of [...delays, ...(written.delays ?? [])]) history.add('delay', change);
  for (const [dueMs, lateMs] of written.stalls ?? []) history.add('stall', { dueMs, lateMs });
  for (const shift of written.shifts ?? []) history.add('clock', shift);
  for (const state of written.held ?? []) history.add('origin', state);
  for (const event of written.published ?? []) history.add('published', event);
  for (const event of written.applied ?? []) history.add('applied', event);
  for (const sample of written.originSamples ?? []) history.add('origin-sample', sample);
  for (const sample of written.edgeSamples ?? []) history.add('edge-sample', sample);
  for (const [region, clock] of written.readings ?? []) history.add('edge-sample', edgeSample(clock.toMs, { region, clock }));
  for (const pressure of written.pressures ?? []) history.add('pressure', pressure);
  for (const change of written.strategies ?? []) history.add('strategy', change);
  return history;
}

/** Every operation, by its id. */
export function operationsOf({ changes, reads }: History): readonly Operation[] {
  return [...changes, ...reads].sort((one, other) => one.id - other.id);
}
