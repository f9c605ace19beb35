/**
 * `fault <fault> <target> [k=v …] [--for 10s]`: one fault into a cluster that runs. With `--for` it is healed after
 * that time; without, it stays in force, listed in the crash journal, until `heal`.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, InvalidInput } from '../../lab/errors.ts';
import { ActiveFaults, type FaultInForce } from '../../lab/faults/active-faults.ts';
import { FAULTS } from '../../lab/faults/faults.ts';
import { faultProblems } from '../../lab/faults/written-fault.ts';
import { parseDuration } from '../../lab/input/duration.ts';
import { printable } from '../../lab/input/printable.ts';
import { readTopology } from '../../lab/topology/topology.ts';
import { systemClock as clock, sleep } from '../../services/runtime/clock.ts';
import { systemRandom as random } from '../../services/runtime/random.ts';
import { createReleasers } from '../../services/runtime/releasers.ts';
import { PROGRAM_TOPOLOGY } from '../program-files.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { addClusterOptions, type ClusterOptions } from './world-options.ts';

interface FaultOptions extends ClusterOptions {
  readonly for?: number;
}

interface Written {
  readonly fault: string;
  readonly target: string;
  readonly parameters: Readonly<Record<string, string>>;
}

function parseFor(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0) throw new InvalidArgumentError('Expected a duration such as 300ms, 5s or 2m.');
  return ms;
}

export function addFaultCommand(program: Command, session: Session): void {
  const command = program
    .command('fault')
    .description('docker: inject one fault into a running cluster; without --for the fault stays until heal')
    .argument('<fault>', [...FAULTS.keys()].join(', '))
    .argument('<target>', 'such as edge:eu-west<->kafka, redis:ap-south or origin')
    .argument('[parameters...]', 'such as latency=200ms')
    .addOption(new Option('--for <time>', 'heal the fault after that time').argParser(parseFor));
  addClusterOptions(command).action((fault: string, target: string, words: string[], options: FaultOptions) =>
    orFail(session, () => injectOne({ fault, target, parameters: toParameters(words) }, options, session)),
  );
}

function toParameters(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1) throw new InvalidInput(`expected a parameter such as latency=200ms, got ${JSON.stringify(word)}`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

async function injectOne(written: Written, options: FaultOptions, { environment, output, signal, exitWith }: Session): Promise<void> {
  const { variables } = environment;
  const [problem] = faultProblems({ ...written, hasFor: options.for !== undefined });
  if (problem !== undefined) throw new InvalidInput(`${[written.fault, ...problem.path].map(String).join(': ')}: ${problem.message}`);
  const topology = await readTopology({
    file: options.compose,
    program: PROGRAM_TOPOLOGY,
    environment: variables,
    project: options.project,
  });
  const { startDocker } = await import('../../lab/worlds/docker/docker.ts');
  const releasers = createReleasers();
  try {
    const world = await startDocker({ topology, variables, onStep: () => {}, signal, attach: true });
    releasers.push(() => world.close());
    const clients = world.openClients();
    releasers.push(() => clients.close());
    const begunMs = clock.monotonicMs();
    const t = () => clock.monotonicMs() - begunMs;
    const faults = new ActiveFaults({ world, clients, clock, random, t, onChange: () => {} });
    let staysInForce = false;
    releasers.push(async () => {
      await faults.end();
      if (staysInForce) return;
      const left = await faults.healAll();
      for (const what of left)
        output.note(printable(`could not heal: ${what}. Try again: edgesync-lab heal --project ${topology.project}`));
      if (left.length > 0) exitWith(EXIT.notHealed);
    });
    const injected = await faults.inject(written);
    for (const one of injected) output.line(printable(describe(one)));
    exitWith(injected.every(({ effect }) => effect === 'confirmed') ? EXIT.pass : EXIT.unknown);
    staysInForce = options.for === undefined && !signal.aborted;
    if (options.for !== undefined) await sleep(clock, options.for, signal);
    else if (FAULTS.get(written.fault)?.lasts) output.line(`the fault stays until: edgesync-lab heal --project ${topology.project}`);
    if (signal.aborted) exitWith(EXIT.interrupted);
  } finally {
    await releasers.release();
  }
}

function describe({ says, effect }: FaultInForce): string {
  return effect === 'confirmed' ? says : `${says}: no effect of the fault was seen`;
}
