/**
 * `shrink <seed|history>`: the smallest scenario that still shows what the seed or the history shows, as a file that
 * runs by itself.
 */

import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode, InvalidInput } from '../../lab/errors.ts';
import { plural } from '../../lab/input/plural.ts';
import { printable } from '../../lab/input/printable.ts';
import { mutantNamed } from '../../lab/mutants/mutants.ts';
import { anomalyText } from '../../lab/outputs/lines.ts';
import { isTaken, writeWhole } from '../../lab/report/whole-files.ts';
import type { Scenario } from '../../lab/scenarios/scenario.ts';
import { writtenScenario } from '../../lab/scenarios/written.ts';
import { type Shrunk, shrink } from '../../lab/sim/shrink.ts';
import { SIMULATED } from '../../lab/worlds/worlds.ts';
import { COMPOSE_FILE } from '../program-files.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { tryEmbedded } from './shrink-embedded.ts';
import { type Subject, subjectOf } from './shrink-subject.ts';
import { addSwarmOptions, type SwarmOptions } from './sim-options.ts';
import { readWorldTopology } from './world-options.ts';

interface ShrinkCommandOptions extends SwarmOptions {
  readonly out?: string;
  readonly embedded: boolean;
}

/** As the system masks it: a scenario is no secret. */
const FILE_MODE = 0o666;

/** A shrunk scenario, and the seed that shows it. */
interface Found {
  readonly shrunk: Shrunk;
  readonly seed: number;
}

export function addShrinkCommand(program: Command, session: Session): void {
  const command = program
    .command('shrink')
    .description('find the smallest scenario that still shows the anomaly of a seed of sim or of a history, and write a scenario file')
    .argument('<seed|history>', 'a seed, or a history.ndjson of run --out or sim --out, which holds its scenario');
  addSwarmOptions(command)
    .addOption(new Option('--out <file>', 'the file for the scenario; if left out, shrunk-<seed>.yaml'))
    .addOption(new Option('--no-embedded', 'do not run the result in the embedded world'))
    .action((which: string, options: ShrinkCommandOptions) =>
      orFail(session, async () => {
        if (options.mutant !== undefined) mutantNamed(options.mutant);
        if (options.out !== undefined) refuseTaken(options.out);
        const subject = await subjectOf(which, options, session);
        session.exitWith(await shrinkSubject(subject, which, options, session));
      }),
    );
}

async function shrinkSubject(subject: Subject, which: string, options: ShrinkCommandOptions, session: Session): Promise<ExitCode> {
  const { output, signal } = session;
  const found = await firstShown(subject, session);
  if (found === undefined) {
    if (signal.aborted) return EXIT.interrupted;
    output.line(nothingText(subject, which));
    return subject.seeds.length > 1 ? EXIT.unknown : EXIT.pass;
  }
  const { shrunk, seed } = found;
  const { out = `shrunk-${seed}.yaml`, compose } = options;
  await write(out, writtenScenario(described(found)));
  for (const line of resultLines(shrunk, out)) output.line(line);
  const { regions } = await readWorldTopology({ compose }, session.environment);
  const known = new Set(regions.map(({ region }) => region));
  const needed = shrunk.scenario.system.only ?? subject.topology.regions.map(({ region }) => region);
  if (!needed.every((region) => known.has(region))) {
    output.line(`again: with a topology that has ${needed.join(', ')}`);
    return signal.aborted ? EXIT.interrupted : EXIT.violated;
  }
  output.line(`again: ${againCommand(out, subject, options)}`);
  if (options.embedded && !signal.aborted) output.line(await tryEmbedded({ shrunk, seed, compose, mutant: subject.mutant, session }));
  return signal.aborted ? EXIT.interrupted : EXIT.violated;
}

async function firstShown({ seeds, ...subject }: Subject, { output, signal }: Session): Promise<Found | undefined> {
  for (const seed of seeds) {
    if (signal.aborted) break;
    const shrunk = await shrink({ ...subject, seed, signal, onStep: (text) => output.note(`still shown with ${text}`) });
    if (shrunk !== undefined) return { shrunk, seed };
  }
  return undefined;
}

function nothingText({ seeds, kinds }: Subject, which: string): string {
  const what = /^\d+$/.test(which) ? `seed ${which}` : printable(which);
  if (kinds === undefined || kinds.length === 0) return `${what} shows no anomaly: there is nothing to shrink`;
  return `${what}: in virtual time ${plural(seeds.length, 'seed')} of its scenario did not show ${kinds.join(' or ')}; the anomaly may need a world in real time`;
}

/** Before minutes are spent on it. Throws InvalidInput when there is such a file: it may be somebody's. */
function refuseTaken(file: string): void {
  if (existsSync(file)) throw new InvalidInput(`${printable(file)}: expected no such file yet, got one; name another with --out`);
}

/** Throws InvalidInput when there is such a file by now, WorldFailed when it cannot be written. */
async function write(file: string, text: string): Promise<void> {
  await writeWhole([{ path: file, text }], { mode: FILE_MODE }).catch((error: unknown) => {
    if (isTaken(error)) refuseTaken(file);
    throw error;
  });
}

function described({ shrunk: { scenario, anomaly }, seed }: Found): Scenario {
  return { ...scenario, seed, title: `${anomaly.anomaly} of seed ${seed}`, description: anomalyText(anomaly), tags: ['shrunk'] };
}

function resultLines({ scenario, anomaly, runs }: Shrunk, out: string): readonly string[] {
  const { method, workload, system } = scenario;
  const size = `${plural(method.length, 'fault')}, ${workload.duration / 1000} s, ${plural(workload.keys, 'key')}${system.only === undefined ? '' : `, ${system.only.join(' and ')} only`}`;
  return [anomalyText(anomaly), `${printable(out)}: ${size}, after ${plural(runs, 'run')}`];
}

function againCommand(out: string, { mutant }: Subject, { compose }: ShrinkCommandOptions): string {
  const words = ['edgesync-lab', 'run', out, '--backend', SIMULATED];
  if (mutant !== undefined) words.push('--mutant', mutant);
  if (compose !== COMPOSE_FILE) words.push('--compose', compose);
  return toCommand(words);
}
