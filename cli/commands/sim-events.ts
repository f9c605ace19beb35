/** What `sim --json` says around its results: that it starts, and what it came to. */

import { EXIT, type ExitCode } from '../../lab/errors.ts';
import { type LabEvent, SCHEMA_VERSION, type Summary } from '../../lab/report/events.ts';
import type { SeedRange } from '../../lab/sim/campaign.ts';
import { SIMULATED } from '../../lab/worlds/worlds.ts';
import { systemClock, toTimestamp } from '../../services/runtime/clock.ts';
import type { Session } from '../session.ts';
import type { SwarmOptions } from './sim-options.ts';

export function rangeText({ from, to }: SeedRange): string {
  return from === to ? String(from) : `${from}..${to}`;
}

export function startEvent(
  { seeds, regions, keys, duration, mutant }: SwarmOptions & { readonly seeds: SeedRange },
  { version, argv }: Session,
): LabEvent {
  const scenario = { title: `seeds ${rangeText(seeds)}`, regions, keys, duration, ...(mutant === undefined ? {} : { mutant }) };
  const time = toTimestamp(systemClock.now());
  const head = { tool: 'edgesync-lab', version, backend: SIMULATED, seed: seeds.from, scenario, time } as const;
  return { type: 'Start', schemaVersion: SCHEMA_VERSION, ...head, argv: [...argv] };
}

export interface EndedSeeds extends Pick<Summary, 'verdict' | 'checks' | 'operations' | 'reproduce'> {
  readonly exitCode: ExitCode;
  readonly error?: string | undefined;
}

export function summaryEvent({ exitCode, verdict, error, ...ended }: EndedSeeds): LabEvent {
  return {
    type: 'Summary',
    schemaVersion: SCHEMA_VERSION,
    status: exitCode === EXIT.interrupted ? 'aborted' : exitCode === EXIT.failed ? 'failed' : 'completed',
    verdict: exitCode === EXIT.interrupted ? 'unknown' : verdict,
    exitCode,
    thresholds: [],
    faults: [],
    convergence: {},
    staleness: {},
    consistency: {},
    heal: { clean: true, left: [] },
    ...ended,
    ...(error === undefined ? {} : { error }),
  };
}
