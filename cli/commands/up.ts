/** `up`: serve in the foreground until Ctrl-C, without load. */
import type { Command } from 'commander';
import { EXIT, exitCodeOf } from '../../lab/errors.ts';
import { printableLines } from '../../lab/printable.ts';
import type { StartStep, World } from '../../lab/worlds/world.ts';
import { table } from '../print.ts';
import type { Session } from '../session.ts';
import { addWorldOptions, readWorldTopology, startWorld, type WorldOptions } from './world-options.ts';

export function addUpCommand(program: Command, session: Session): void {
  const command = program.command('up').description('start the origin and the edges and serve until Ctrl-C');
  addWorldOptions(command).action(async (options: WorldOptions) => {
    try {
      const { environment, signal } = session;
      const onStep = ({ step, elapsedMs }: StartStep) => session.output.note(`${step} (${elapsedMs} ms)`);
      const topology = await readWorldTopology(options, environment);
      const world = await startWorld({ options, topology, onStep, signal });
      for (const line of describeWorld(world)) session.output.line(line);
      const stopped = new Promise<undefined>((resolve) =>
        session.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
      );
      const lost = session.signal.aborted ? undefined : await Promise.race([stopped, world.lost]);
      await world.close();
      if (lost !== undefined) session.output.note(lost);
      session.exitWith(lost === undefined ? EXIT.interrupted : EXIT.failed);
    } catch (error) {
      if (session.signal.aborted) return session.exitWith(EXIT.interrupted);
      session.output.note(printableLines(error instanceof Error ? error.message : String(error)));
      session.exitWith(exitCodeOf(error));
    }
  });
}

function describeWorld({ originUrl, regions }: World): string[] {
  const rows = regions.map(({ region, url, delayMs, strategy }) => [region, url, `${delayMs} ms`, strategy]);
  const example = regions[0]?.url ?? originUrl;
  return [...table([['origin', originUrl, '', ''], ...rows]), `ready. Try: curl ${example}/api/content/1    Ctrl-C stops everything.`];
}
