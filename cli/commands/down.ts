/** `down`: removes exactly what the lab made of a cluster. */
import { type Command, Option } from 'commander';
import { EXIT } from '../../lab/errors.ts';
import { readTopology } from '../../lab/topology/topology.ts';
import { PROGRAM_TOPOLOGY } from '../program-files.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { addClusterOptions, type ClusterOptions } from './world-options.ts';

interface DownOptions extends ClusterOptions {
  readonly volumes?: boolean;
}

export function addDownCommand(program: Command, session: Session): void {
  const command = program
    .command('down')
    .description('docker: remove the containers, networks and data that the lab made')
    .addOption(new Option('--volumes', 'named volumes of the project too').env('EDGESYNC_VOLUMES'));
  addClusterOptions(command).action(({ compose, project, volumes = false }: DownOptions) =>
    orFail(session, async () => {
      const { variables } = session.environment;
      const topology = await readTopology({ file: compose, program: PROGRAM_TOPOLOGY, environment: variables, project });
      const { removeCluster } = await import('../../lab/worlds/docker/manage.ts');
      const removed = await removeCluster({ topology, variables }, volumes);
      const counts = [
        `${removed.containers} containers`,
        `${removed.networks} networks`,
        ...(volumes ? [`${removed.volumes} volumes`] : []),
      ];
      const isNone = removed.containers + removed.networks + removed.volumes === 0;
      session.output.line(isNone ? `nothing of ${topology.project} is here` : `removed ${counts.join(', ')} of ${topology.project}`);
      session.exitWith(EXIT.pass);
    }),
  );
}
