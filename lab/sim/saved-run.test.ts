import { describe, expect, it } from 'vitest';
import type { HistoryHead } from '../history/history-lines.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { toDocument } from '../scenarios/written.ts';
import { savedRun } from './saved-run.ts';
import { seedSetup } from './testing/kit.ts';

function headOf(second: string): HistoryHead {
  const text = `version: 1
title: t
workload: { duration: 10s, reads: 1/s, writes: 1/s, keys: 1 }
method:
  - { at: 1s, fault: pause, target: origin }
  - { at: 2s, fault: kill, target: ${second} }
`;
  return {
    ...{ line: 'head', historyVersion: 1, tool: 'edgesync-lab', version: '0', backend: 'embedded', seed: 1, scenario: 't' },
    ...{ regions: ['us-east', 'eu-west', 'ap-south'], staleness: 'adjusted', checks: [], startedAt: '2026-01-01T00:00:00.000Z' },
    written: toDocument({ id: 't', ...parseScenario(text, 't.yaml') }),
  } as HistoryHead;
}

describe('a saved run', () => {
  it('whose faults exclude each other is refused before it is run again', async () => {
    const { topology } = await seedSetup();
    expect(savedRun({ file: 'history.ndjson', head: headOf('kafka'), topology }).seed).toBe(1);
    expect(() => savedRun({ file: 'history.ndjson', head: headOf('origin'), topology })).toThrow(
      /^history\.ndjson:1: method\.1\.target: pause origin is still in force at 2000 ms/,
    );
  });
});
