/**
 * `heal`: removes every fault that the crash journal lists or that is found on the cluster; 111 with the list when it
 * cannot.
 */
import type { Command } from 'commander';
import { EXIT } from '../../lab/errors.ts';
import { printable } from '../../lab/input/printable.ts';
import { readTopology } from '../../lab/topology/topology.ts';
import { PROGRAM_TOPOLOGY } from '../program-files.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { addClusterOptions, type ClusterOptions } from './world-options.ts';

export function addHealCommand(program: Command, session: Session): void {
  const command = program.command('heal').description('docker: remove every fault that a lab left behind, and nothing else');
  addClusterOptions(command).action(({ compose, project }: ClusterOptions) =>
    orFail(session, async () => {
      const { variables } = session.environment;
      const topology = await readTopology({ file: compose, program: PROGRAM_TOPOLOGY, environment: variables, project });
      const { healCluster } = await import('../../lab/worlds/docker/manage.ts');
      const { healed, left } = await healCluster({ topology, variables });
      for (const what of healed) session.output.line(printable(`healed: ${what}`));
      for (const what of left) session.output.note(printable(`could not heal: ${what}`));
      if (left.length > 0) session.output.note(`to remove the faults with their cluster: edgesync-lab down --project ${topology.project}`);
      else if (healed.length === 0) session.output.line('nothing to heal');
      session.exitWith(left.length > 0 ? EXIT.notHealed : EXIT.pass);
    }),
  );
}
