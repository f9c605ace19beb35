/** A trial as a run: load, faults, heal, Summary. */

import { sleep } from '../../../../services/runtime/clock.ts';
import { EXIT } from '../../../errors.ts';
import type { LabEvent } from '../../../report/events.ts';
import { type RunResult, runWithHistory } from '../../../run/run.ts';
import { parseScenario, type Scenario } from '../../../scenarios/scenario.ts';
import { type TrialOutcome, wrongIn } from './outcome.ts';
import { type Stage, type Staged, startUnsteady } from './stage.ts';
import type { FaultTrial } from './trial.ts';

/** How long after the Summary somebody looks whether anything more comes. */
const AFTERWARDS_MS = { virtual: 30_000, real: 1_000 } as const;

export async function runTrial(trial: FaultTrial, stage: Stage): Promise<TrialOutcome> {
  const events: LabEvent[] = [];
  const abort = new AbortController();
  let staged: Staged | undefined;
  const drive = async (): Promise<RunResult> => {
    const timer =
      trial.abortMs === undefined ? undefined : stage.clock.setTimer(trial.abortMs, () => abort.abort(new Error('stopped by the trial')));
    const result = await runWithHistory({
      ...{ scenario: scenarioOf(trial), seed: trial.seed, backend: stage.backend, clock: stage.clock },
      ...{ version: '0', argv: [], reproduce: '', signal: abort.signal, judgesUnsteady: stage.backend === 'simulated' },
      report: (event) => events.push(event),
      startWorld: async () => {
        staged = await startUnsteady(stage, trial.seed, trial.temper);
        return staged.world;
      },
    });
    timer?.cancel();
    return result;
  };
  return stage.drive(
    drive().then(async (result) => {
      const asked = staged?.asked() ?? 0;
      const told = events.length;
      await sleep(stage.clock, AFTERWARDS_MS[stage.backend === 'simulated' ? 'virtual' : 'real']);
      const acts = (staged?.asked() ?? 0) - asked;
      const afterwards = [...events.slice(told).map(({ type }) => type), ...(acts > 0 ? [`${acts} acts`] : [])];
      return judge(trial, { result, events, afterwards, broken: staged === undefined ? [] : staged.broken() });
    }),
  );
}

interface Ran {
  readonly result: RunResult;
  readonly events: readonly LabEvent[];
  readonly afterwards: readonly string[];
  readonly broken: readonly string[] | undefined;
}

function judge(trial: FaultTrial, { result: { summary, history }, events, afterwards, broken }: Ran): TrialOutcome {
  const told = events.flatMap((event) => (event.type === 'Fault' ? [`${event.id} ${event.event}`] : []));
  const { left, clean } = summary.heal;
  const wrong = [...wrongIn({ trial, left, broken, told, afterwards })];
  if (clean !== (left.length === 0)) wrong.push(`clean ${clean} with ${left.length} left`);
  if (summary.verdict === 'fail') wrong.push(`the right protocol fails: ${summary.checks.map(({ reason }) => reason).join('; ')}`);
  if (summary.exitCode === EXIT.invalidInput) wrong.push(`bad input, though it was checked: ${summary.error}`);
  if ((summary.exitCode === EXIT.notHealed) !== left.length > 0) wrong.push(`exit ${summary.exitCode} with ${left.length} left`);
  if (events.at(-1)?.type !== 'Summary') wrong.push(`the last thing said was ${events.at(-1)?.type}`);
  const open = history.faults.filter(({ healedMs }) => healedMs === undefined);
  if (open.length > left.length) wrong.push(`without an end in the history: ${open.map(({ id }) => id).join(', ')}`);
  const ended = `${summary.status} ${summary.verdict} ${summary.exitCode}${summary.error === undefined ? '' : ` (${summary.error})`}`;
  return { trial, wrong, ended, faults: history.faults.length };
}

function scenarioOf({ seed, durationMs, method }: FaultTrial): Scenario {
  const written = {
    version: 1,
    title: `trial ${seed}`,
    workload: { duration: `${durationMs}ms`, reads: '10/s', writes: '1/s', keys: 5, purges: '10%', deletes: '5%' },
    method: method.map(({ atMs, fault, target, forMs, parameters }) => ({
      ...{ at: `${atMs}ms`, fault, target, ...parameters },
      ...(forMs === undefined ? {} : { for: `${forMs}ms` }),
    })),
    settle: '15s',
  };
  return { id: 'trial', ...parseScenario(JSON.stringify(written), 'trial.json') };
}
