/** A scenario that runs in a session which goes on after it, in virtual time. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { History } from '../history/history.ts';
import type { FaultChangeRecord, FaultRecord } from '../history/records.ts';
import { runInSession } from '../run/run.ts';
import { readScenario } from '../scenarios/scenario.ts';
import { simulatedStage } from '../sim/simulated-stage.ts';
import { seedSetup } from '../sim/testing/kit.ts';
import { Recording } from './recording.ts';
import { Session } from './session.ts';

const SCENARIO = fileURLToPath(new URL('../scenarios/slow-region.yaml', import.meta.url));
/** The session is so old when the run begins. */
const BEFORE_MS = 1_234;
const never = new AbortController().signal;

type Times = Pick<FaultRecord, 'id' | 'injectedMs' | 'healedMs' | 'seenMs' | 'healingMs'>;

it('excuses what a fault of a run leaves behind for as long as the run itself does, and shows it until it is gone', async () => {
  const scenario = await readScenario(SCENARIO);
  const { topology } = await seedSetup();
  const { drive, ...stage } = simulatedStage({ topology, seed: 1, system: {}, workload: scenario.workload });
  const { clock } = stage;
  const excused = new History();
  const shown: number[] = [];
  const ofRun = new Map<string, FaultChangeRecord & { injectedMs: number }>();
  const summary = await drive(
    (async () => {
      const world = await stage.startWorld(() => {}, never);
      const session = new Session({ world, clock, random: createRandom(1), startedAt: clock.monotonicMs() });
      const recording = new Recording({ session, sink: excused, startedAt: session.startedAt });
      session.onFault(() => shown.push(session.faults.inForce.length));
      await sleep(clock, BEFORE_MS);
      const { summary: ran } = await runInSession({
        ...stage,
        session,
        regions: world.regions,
        scenario,
        seed: 1,
        backend: 'simulated',
        version: '',
        argv: [],
        reproduce: '',
        signal: never,
        onHistoryLine: (line) => {
          if (line.line === 'fault') ofRun.set(line.id, { injectedMs: line.injectedMs });
          if (line.line !== 'fault-changed') return;
          const { line: _, id, ...change } = line;
          ofRun.set(id, Object.assign(ofRun.get(id) ?? { injectedMs: Number.NaN }, change));
        },
        report: () => {},
      });
      // It goes on: another may be injected.
      const { inForce } = await session.inject({ fault: 'pause', target: 'redis:us-east', parameters: {} });
      expect(inForce).toMatchObject([{ effect: 'confirmed' }]);
      expect(await session.healForGood()).toEqual([]);
      recording.close();
      await session.close();
      await world.close();
      return ran;
    })(),
  );
  expect(summary).toMatchObject({ status: 'completed', heal: { clean: true } });
  const allowances = summary.faults.map(({ id, recoveryAllowanceMs }) => [id, recoveryAllowanceMs]);
  expect(allowances.length).toBeGreaterThan(1);
  const faults = excused.faults.slice(0, -1);
  // Of slow links: by how much each delays what it carries, which only its parameters tell.
  expect(faults.every(({ slows }) => (slows?.callMs ?? 0) >= 150)).toBe(true);
  expect(faults.map(({ id, recoveryAllowanceMs }) => [id, recoveryAllowanceMs])).toEqual(allowances);
  const timesOf = ({ id, injectedMs, seenMs = Number.NaN, healingMs = Number.NaN, healedMs = Number.NaN }: Times) => [
    id,
    ...[injectedMs, seenMs, healingMs, healedMs].map(Math.round),
  ];
  const late = (ms: number | undefined) => (ms === undefined ? undefined : ms + BEFORE_MS);
  const expected = [...ofRun].map(([id, { injectedMs, seenMs, healingMs, healedMs }]) =>
    timesOf({ id, injectedMs: injectedMs + BEFORE_MS, seenMs: late(seenMs), healingMs: late(healingMs), healedMs: late(healedMs) }),
  );
  expect(faults.map(timesOf)).toEqual(expected);
  expect(expected.flat().filter(Number.isNaN)).toEqual([]);
  expect([shown[0], shown.at(-1)]).toEqual([1, 0]);
});
