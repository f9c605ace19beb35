/** `up`: docker: start and leave running; embedded: serve in the foreground until Ctrl-C. Without load. */

import { type Command, Option } from 'commander';
import { EXIT } from '../../lab/errors.ts';
import { table } from '../../lab/outputs/lines.ts';
import type { Topology } from '../../lab/topology/topology.ts';
import type { StartStep, World } from '../../lab/worlds/world.ts';
import { worldKind } from '../../lab/worlds/worlds.ts';
import { COMPOSE_FILE } from '../program-files.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { addWorldOptions, readWorldTopology, resolveBackend, startWorld, type WorldOptions } from './world-options.ts';

interface UpOptions extends WorldOptions {
  readonly tools?: boolean;
}

const TOOLS_PROFILE = 'tools';

export function addUpCommand(program: Command, session: Session): void {
  const command = program
    .command('up')
    .description('start the origin and the edges: docker leaves the services running, embedded serves until Ctrl-C')
    .addOption(new Option('--tools', `docker: Kafka UI, too; the same as --profile ${TOOLS_PROFILE}`).env('EDGESYNC_TOOLS'))
    .addOption(new Option('--profile <names...>', 'docker: also the services of these profiles of the topology').env('EDGESYNC_PROFILE'));
  addWorldOptions(command).action((given: UpOptions) =>
    orFail(session, async () => {
      const options = { ...given, profile: [...(given.profile ?? []), ...(given.tools ? [TOOLS_PROFILE] : [])] };
      const { environment, signal, output } = session;
      const onStep = ({ step, elapsedMs }: StartStep) => output.note(`${step} (${elapsedMs} ms)`);
      const topology = await readWorldTopology(options, environment);
      const backend = await resolveBackend({ options, topology, environment, note: output.note });
      const world = await startWorld({
        options: { ...options, keep: true },
        backend,
        topology,
        environment,
        onStep,
        signal,
        onLogLine: output.log,
      });
      for (const line of describeWorld(world)) output.line(line);
      if (worldKind(backend).outlivesLab) await leave(world, topology, options, session);
      else await serve(world, session);
    }),
  );
}

async function leave(world: World, { project }: Topology, options: WorldOptions, { output, exitWith }: Session): Promise<void> {
  await world.close();
  const where = [
    ...(options.project === undefined ? [] : ['--project', project]),
    ...(options.compose === COMPOSE_FILE ? [] : ['--compose', options.compose]),
  ];
  output.line(`the cluster runs as ${project}. To stop the cluster: ${toCommand(['edgesync-lab', 'down', ...where])}`);
  exitWith(EXIT.pass);
}

async function serve(world: World, { output, signal, exitWith }: Session): Promise<void> {
  output.line('ready. Ctrl-C stops everything.');
  const stopped = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
  const lost = signal.aborted ? undefined : await Promise.race([stopped, world.lost]);
  await world.close();
  if (lost !== undefined) output.note(lost);
  exitWith(lost === undefined ? EXIT.interrupted : EXIT.failed);
}

function describeWorld({ originUrl, regions, tools = [] }: World): string[] {
  const rows = regions.map(({ region, url, delayMs, strategy }) => [region, url, `${delayMs} ms`, strategy]);
  const example = regions[0]?.url ?? originUrl;
  const beside = tools.flatMap(({ service, urls }) => urls.map((url) => [service, url, '', '']));
  return [...table([['origin', originUrl, '', ''], ...rows, ...beside]), `try: curl ${example}/api/content/1`];
}
