import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { FaultRecord } from '../history/records.ts';
import { runScenario } from '../run/run.ts';
import { readScenario } from '../scenarios/scenario.ts';
import { simulatedStage } from '../sim/simulated-stage.ts';
import { seedSetup } from '../sim/testing/kit.ts';
import { RunFaults } from './run-faults.ts';

const SCENARIO = fileURLToPath(new URL('../scenarios/slow-region.yaml', import.meta.url));

it('excuses what a fault of a run leaves behind for as long as the run itself does, and shows it until it is gone', async () => {
  const scenario = await readScenario(SCENARIO);
  const { topology } = await seedSetup();
  const { drive, ...stage } = simulatedStage({ topology, seed: 1, workload: scenario.workload });
  const excused: FaultRecord[] = [];
  const healed: string[] = [];
  const shown: number[] = [];
  const faults: RunFaults = new RunFaults({
    regions: topology.regions.map(({ region }) => region),
    t: () => stage.clock.monotonicMs(),
    sink: { addFault: (fault) => excused.push(fault), changeFault: (id) => healed.push(id) },
    onChange: () => shown.push(faults.inForce.length),
  });
  const summary = await drive(
    runScenario({
      ...stage,
      scenario,
      seed: 1,
      backend: 'simulated',
      version: '',
      argv: [],
      reproduce: '',
      signal: new AbortController().signal,
      onHistoryLine: faults.written,
      report: (event) => void (event.type === 'Fault' && faults.reported(event)),
    }),
  );
  const allowances = summary.faults.map(({ id, recoveryAllowanceMs }) => [`run-${id}`, recoveryAllowanceMs]);
  expect(allowances.length).toBeGreaterThan(1);
  // Of slow links: by how much each delays what it carries, which only its parameters tell.
  expect(excused.every(({ slows }) => (slows?.callMs ?? 0) >= 150)).toBe(true);
  expect(excused.map(({ id, recoveryAllowanceMs }) => [id, recoveryAllowanceMs])).toEqual(allowances);
  expect(new Set(healed)).toEqual(new Set(excused.map(({ id }) => id)));
  expect([shown[0], shown.at(-1)]).toEqual([1, 0]);
});
