/** `up`: docker: start and leave running; embedded: serve in the foreground until Ctrl-C. Without load. */
import type { Command } from 'commander';
import { EXIT } from '../../lab/errors.ts';
import type { Topology } from '../../lab/topology.ts';
import type { StartStep, World } from '../../lab/worlds/world.ts';
import { table } from '../print.ts';
import { COMPOSE_FILE } from '../program-files.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { addWorldOptions, readWorldTopology, resolveBackend, startWorld, type WorldOptions } from './world-options.ts';

export function addUpCommand(program: Command, session: Session): void {
  const command = program
    .command('up')
    .description('start the origin and the edges: docker leaves them running, embedded serves until Ctrl-C');
  addWorldOptions(command).action((options: WorldOptions) =>
    orFail(session, async () => {
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
      if (backend === 'docker') await leave(world, topology, options, session);
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
  output.line(`runs as ${project}. To stop it: ${toCommand(['edgesync-lab', 'down', ...where])}`);
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

function describeWorld({ originUrl, regions }: World): string[] {
  const rows = regions.map(({ region, url, delayMs, strategy }) => [region, url, `${delayMs} ms`, strategy]);
  const example = regions[0]?.url ?? originUrl;
  return [...table([['origin', originUrl, '', ''], ...rows]), `try: curl ${example}/api/content/1`];
}
