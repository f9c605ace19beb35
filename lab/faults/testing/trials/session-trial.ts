/**
 * A trial as a session at the terminal: faults and heals by keys, everything healed now and then, closed at some
 * moment.
 */

import { sleep } from '../../../../services/runtime/clock.ts';
import { createRandom } from '../../../../services/runtime/random.ts';
import type { LiveLab } from '../../../live/live-lab.ts';
import type { LabCommand, LiveEvent } from '../../../live/protocol.ts';
import { startLiveLab } from '../../../live/start-live-lab.ts';
import { type TrialOutcome, wrongIn } from './outcome.ts';
import { type Stage, type Staged, startUnsteady } from './stage.ts';
import type { FaultTrial } from './trial.ts';

const AFTERWARDS_MS = { virtual: 30_000, real: 1_000 } as const;
/** `ready` is told before commands are heard. */
const BEGUN_MS = 100;
/** As long as what is being done when it is closed may take to end. */
const READS_PER_SECOND = 20;

export async function sessionTrial(trial: FaultTrial, stage: Stage): Promise<TrialOutcome> {
  const events: LiveEvent[] = [];
  let staged: Staged | undefined;
  const ready = Promise.withResolvers<void>();
  const lab = startLiveLab({
    startWorld: async () => {
      staged = await startUnsteady(stage, trial.seed, trial.temper);
      return staged.world;
    },
    catalogue: { files: new Map(), version: '0', topology: () => Promise.reject(new Error('nobody asks')) },
    clock: stage.clock,
    random: createRandom(trial.seed).fork('session'),
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'ready') ready.resolve();
      if (event.type === 'lost') ready.reject(new Error(event.why));
    },
  });
  const drive = async () => {
    await ready.promise;
    await sleep(stage.clock, BEGUN_MS);
    lab.do({ do: 'load', readsPerSecond: READS_PER_SECOND });
    await play(trial, lab, stage);
    const left = await lab.close();
    const [told, asked] = [events.length, staged?.asked() ?? 0];
    await sleep(stage.clock, AFTERWARDS_MS[stage.backend === 'simulated' ? 'virtual' : 'real']);
    const acts = (staged?.asked() ?? 0) - asked;
    const afterwards = [...events.slice(told).map(({ type }) => type), ...(acts > 0 ? [`${acts} acts`] : [])];
    return judge(trial, { left, events, afterwards, broken: staged?.broken() });
  };
  return stage.drive(drive());
}

/** Everything that is asked for, at its time; resolves at the end of the session. */
async function play({ method, healAllMs, durationMs }: FaultTrial, lab: LiveLab, { clock }: Stage): Promise<void> {
  const injections = method.map(({ atMs, fault, target, parameters, forMs }): readonly [number, LabCommand] => [
    atMs,
    { do: 'inject', fault, target, parameters: parameters as Record<string, string>, ...(forMs === undefined ? {} : { forMs }) },
  ]);
  const heals = healAllMs.map((atMs): readonly [number, LabCommand] => [atMs, { do: 'heal-all' }]);
  // Ids are given in the order of injections: some of these are in force, some on their way, some never were.
  const one = method.map(({ atMs, forMs = 0 }, at): readonly [number, LabCommand] => [
    (atMs + forMs) % durationMs,
    { do: 'heal', id: `f${at + 1}` },
  ]);
  const timers = [...injections, ...heals, ...one.filter((_one, at) => at % 2 === 0)].map(([atMs, command]) =>
    clock.setTimer(atMs, () => lab.do(command)),
  );
  await sleep(clock, durationMs);
  for (const timer of timers) timer.cancel();
}

interface Played {
  readonly left: readonly string[];
  readonly events: readonly LiveEvent[];
  readonly afterwards: readonly string[];
  readonly broken: readonly string[] | undefined;
}

function judge(trial: FaultTrial, { left, events, afterwards, broken }: Played): TrialOutcome {
  const ids = new Set(events.flatMap((event) => (event.type === 'faults' ? event.inForce.map(({ id }) => id) : [])));
  const listed = events.flatMap((event) => (event.type === 'faults' ? [event.inForce] : [])).at(-1) ?? [];
  const told = [...ids].flatMap((id) => [`${id} injected`, ...(listed.some((fault) => fault.id === id) ? [] : [`${id} healed`])]);
  const wrong = [...wrongIn({ trial, left, broken, told, afterwards })];
  const violated = events.find((event) => event.type === 'judged' && event.verdict.state === 'violated');
  if (violated !== undefined) {
    const notes = events.flatMap((event) => (event.type === 'note' && event.tone === 'error' ? [event.text] : []));
    wrong.push(`the right protocol is accused: ${notes.filter((text) => text.includes(' answered ')).join('; ')}`);
  }
  return { trial, wrong, ended: `closed, ${left.length} left`, faults: ids.size };
}
