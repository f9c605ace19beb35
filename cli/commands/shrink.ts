/** `shrink <seed|history>`: the smallest scenario that still shows what the seed shows, as a file that runs by itself. */
import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode, InvalidInput } from '../../lab/errors.ts';
import { readHistory } from '../../lab/load/read-history.ts';
import { mutantNamed } from '../../lab/mutants/mutants.ts';
import { printable } from '../../lab/printable.ts';
import { runScenario } from '../../lab/run.ts';
import type { Scenario } from '../../lab/scenarios/scenario.ts';
import { writtenScenario } from '../../lab/scenarios/written.ts';
import type { AnomalyEvent } from '../../lab/sim/seed-run.ts';
import { type Shrunk, shrink } from '../../lab/sim/shrink.ts';
import { drawScenario } from '../../lab/sim/swarm.ts';
import { onlyRegions, readTopology, withSystem } from '../../lab/topology.ts';
import { startEmbedded } from '../../lab/worlds/embedded/embedded.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import { anomalyText } from '../print.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { addSwarmOptions, readSetup, SEED_MAX, type SwarmOptions } from './sim-options.ts';

interface ShrinkCommandOptions extends SwarmOptions {
  readonly out?: string;
  readonly embedded: boolean;
}

const SEED_NAME = /^seed-(\d{1,10})$/;

export function addShrinkCommand(program: Command, session: Session): void {
  const command = program
    .command('shrink')
    .description('find the smallest scenario that still shows what a seed of sim shows, and write it as a file')
    .argument('<seed|history>', 'a seed, or the history.ndjson of its run');
  addSwarmOptions(command)
    .addOption(new Option('--out <file>', 'where it is written; left out: shrunk-<seed>.yaml'))
    .addOption(new Option('--no-embedded', 'do not try whether the embedded world shows it, too'))
    .action((which: string, options: ShrinkCommandOptions) =>
      orFail(session, async () => {
        if (options.mutant !== undefined) mutantNamed(options.mutant);
        const seed = await seedOf(which);
        session.exitWith(await shrinkSeed(seed, options, session));
      }),
    );
}

/** Throws InvalidInput for what names no seed. */
async function seedOf(which: string): Promise<number> {
  if (/^\d{1,10}$/.test(which) && Number(which) <= SEED_MAX) return Number(which);
  const { head } = await readHistory(which);
  const seed = SEED_NAME.exec(head.scenario)?.[1];
  if (seed === undefined)
    throw new InvalidInput(`${printable(which)}: expected the history of a seed of sim, got one of ${printable(head.scenario)}`);
  return Number(seed);
}

async function shrinkSeed(seed: number, options: ShrinkCommandOptions, session: Session): Promise<ExitCode> {
  const { topology, keys, durationMs } = await readSetup(options, session);
  const { mutant, out = `shrunk-${seed}.yaml` } = options;
  const regions = topology.regions.map(({ region }) => region);
  const scenario = drawScenario({ seed, regions, keys, durationMs });
  const { output, signal } = session;
  const shrunk = await shrink({ scenario, seed, topology, mutant, signal, onStep: (text) => output.note(`still shown with ${text}`) });
  if (shrunk === undefined) {
    output.line(`seed ${seed} shows no anomaly: there is nothing to shrink`);
    return EXIT.pass;
  }
  await write(out, writtenScenario(described(shrunk, seed)));
  for (const line of resultLines(shrunk, out, options)) output.line(line);
  if (signal.aborted) return EXIT.interrupted;
  if (options.embedded) output.line(await inEmbedded(shrunk, seed, options, session));
  return EXIT.violated;
}

/** Throws InvalidInput when there is such a file: it may be somebody's. */
async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((error: unknown) => {
    throw new InvalidInput(`${printable(file)}: cannot be written (${error instanceof Error ? error.message : String(error)})`);
  });
}

function described({ scenario, anomaly }: Shrunk, seed: number): Scenario {
  return { ...scenario, title: `${anomaly.anomaly} of seed ${seed}`, description: anomalyText(anomaly), tags: ['shrunk'] };
}

function resultLines({ scenario, anomaly, runs }: Shrunk, out: string, { mutant }: ShrinkCommandOptions): readonly string[] {
  const { method, workload, system } = scenario;
  const size = `${method.length} faults, ${workload.duration / 1000} s, ${workload.keys} keys${system.only === undefined ? '' : `, ${system.only.join(' and ')} only`}`;
  const words = ['edgesync-lab', 'run', out, '--backend', 'simulated', ...(mutant === undefined ? [] : ['--mutant', mutant])];
  return [anomalyText(anomaly), `${out}: ${size}, after ${runs} runs`, `again: ${toCommand(words)}`];
}

/** Whether it needs virtual time to be seen. In real time chance is not the seed's, so once not seen proves nothing. */
async function inEmbedded({ scenario, anomaly }: Shrunk, seed: number, options: ShrinkCommandOptions, session: Session): Promise<string> {
  const { compose, mutant } = options;
  const { environment, signal, version } = session;
  session.output.note('the same in the embedded world, in real time');
  const topology = await readTopology({ file: compose, environment: environment.variables, freePorts: true });
  const wanted = withSystem(onlyRegions(topology, scenario.system.only), scenario.system.regions);
  const anomalies: AnomalyEvent[] = [];
  const summary = await runScenario({
    scenario,
    seed,
    backend: 'embedded',
    clock: systemClock,
    version,
    argv: [],
    reproduce: '',
    signal,
    report: (event) => {
      if (event.type === 'Anomaly') anomalies.push(event);
    },
    startWorld: (onStep) => startEmbedded({ topology: wanted, onStep, signal, mutant }),
  });
  if (summary.status !== 'completed') return `embedded: the run did not come to its end: ${summary.error ?? summary.status}`;
  const isShown = anomalies.some((found) => found.anomaly === anomaly.anomaly);
  return isShown ? `embedded: shows ${anomaly.anomaly}, too` : `embedded: does not show ${anomaly.anomaly} (${summary.verdict})`;
}
