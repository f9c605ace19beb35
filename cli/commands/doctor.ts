/** `doctor`: what this machine has of what a world needs; what is missing, and the remedy. Starts nothing. */

import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { type CacheFinding, type Diagnosis, examine } from '../../lab/doctor.ts';
import { EXIT, exitCodeOf, InvalidInput } from '../../lab/errors.ts';
import { printable, printableLines } from '../../lab/input/printable.ts';
import { DUMP_FILE } from '../../lab/worlds/embedded/dump.ts';
import { worldKind } from '../../lab/worlds/worlds.ts';
import { TARGETS_FOLDER } from '../program-files.ts';
import type { Session } from '../session.ts';
import { addWorldOptions, readWorldTopology, type WorldOptions } from './world-options.ts';

interface DoctorCommandOptions extends WorldOptions {
  readonly json?: boolean;
}

export function addDoctorCommand(program: Command, session: Session): void {
  const command = program
    .command('doctor')
    .description('check what this machine has for each world, and print the remedy for what is missing')
    .addOption(new Option('--json', 'an array of objects, each with name, state, says and remedy').env('EDGESYNC_JSON'));
  addWorldOptions(command).action(async (options: DoctorCommandOptions) => {
    try {
      const diagnoses = await examineThisMachine(options, session);
      if (options.json) session.output.line(JSON.stringify(diagnoses));
      else for (const line of toLines(diagnoses)) session.output.line(line);
      session.exitWith(diagnoses.some(({ state }) => state === 'missing') ? EXIT.failed : EXIT.pass);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      session.output.note(printableLines(error.message));
      session.exitWith(exitCodeOf(error));
    }
  });
}

async function examineThisMachine(options: DoctorCommandOptions, { environment }: Session): Promise<Diagnosis[]> {
  const { origin, regions, compose, project } = await readWorldTopology(options, environment);
  const { examineDocker } = await import('../../lab/worlds/docker/examine.ts');
  const { findCompose } = await import('../../lab/worlds/docker/find-compose.ts');
  const docker = await examineDocker({ compose, project }, environment.variables);
  // A cluster of this project that runs holds them by right.
  const own = 'problem' in docker ? [] : docker.ownPorts;
  const ports = [{ port: origin.port, service: 'origin' }, ...regions.map(({ port, service }) => ({ port, service }))];
  return examine({
    system: process,
    nodeVersion: process.versions.node,
    memoryBytes: process.availableMemory(),
    ports: ports.filter(({ port }) => !own.includes(port)),
    pgliteFile: findPglite(),
    dumpFile: DUMP_FILE,
    docker,
    compose: await findCompose(),
    caches: await findCaches(environment.variables),
    needsDocker: options.backend !== undefined && worldKind(options.backend).outlivesLab,
  });
}

async function findCaches(variables: Session['environment']['variables']): Promise<readonly CacheFinding[]> {
  const { findOwnHere, findPresetsHere } = await import('../../lab/worlds/peers/here.ts');
  const [own, presets] = await Promise.all([findOwnHere(variables), findPresetsHere(TARGETS_FOLDER, variables)]);
  // Our own edge alone needs nothing.
  const needing = own.filter(({ target }) => target.start !== undefined);
  return [...needing, ...presets].map(({ target: { name, start }, here }) => ({
    name,
    isHere: here.isHere,
    version: here.isHere ? here.version : undefined,
    get: start?.get,
  }));
}

/** As the program itself would find it, without loading it. */
function findPglite(): string | undefined {
  try {
    return fileURLToPath(import.meta.resolve('@electric-sql/pglite'));
  } catch {
    return undefined;
  }
}

function toLines(diagnoses: readonly Diagnosis[]): string[] {
  const width = Math.max(...diagnoses.map(({ name }) => name.length));
  return diagnoses.map(({ name, state, says, remedy }) => {
    const advice = remedy === null ? '' : `. To do: ${remedy}`;
    return printable(`${state.padEnd(7)}  ${name.padEnd(width)}  ${says}${advice}`);
  });
}
