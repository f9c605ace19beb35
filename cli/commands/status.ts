/** `status`: what runs of a cluster and how it is; 107 when something of it does not. */
import { type Command, Option } from 'commander';
import { EXIT } from '../../lab/errors.ts';
import { printable } from '../../lab/input/printable.ts';
import { table } from '../../lab/outputs/lines.ts';
import { readTopology } from '../../lab/topology/topology.ts';
import type { ClusterStatus, ServiceStatus } from '../../lab/worlds/docker/manage.ts';
import { PROGRAM_TOPOLOGY } from '../program-files.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { addClusterOptions, type ClusterOptions } from './world-options.ts';

interface StatusOptions extends ClusterOptions {
  readonly json?: boolean;
}

export function addStatusCommand(program: Command, session: Session): void {
  const command = program
    .command('status')
    .description('docker: the containers of the cluster and their state')
    .addOption(new Option('--json', 'one JSON object on standard output').env('EDGESYNC_JSON'));
  addClusterOptions(command).action(({ compose, project, json }: StatusOptions) =>
    orFail(session, async () => {
      const { variables } = session.environment;
      const topology = await readTopology({ file: compose, program: PROGRAM_TOPOLOGY, environment: variables, project });
      const { clusterStatus } = await import('../../lab/worlds/docker/manage.ts');
      const status = await clusterStatus({ topology, variables });
      if (json) session.output.line(JSON.stringify(status));
      else for (const line of toLines(status)) session.output.line(printable(line));
      session.exitWith(status.services.every(isWell) ? EXIT.pass : EXIT.failed);
    }),
  );
}

function isWell({ state, health }: ServiceStatus): boolean {
  return state === 'running' && health !== 'unhealthy';
}

function toLines({ project, madeBy, services, faults, heldBy }: ClusterStatus): string[] {
  if (madeBy === null) return [`nothing of ${project} runs. To start the cluster: edgesync-lab up --backend docker --project ${project}`];
  const rows = services.map(({ service, state, health, since, urls }) => [
    service,
    health === null || state !== 'running' ? state : `${state}, ${health}`,
    since === null ? '' : `since ${since.slice(0, 19)}Z`,
    urls.join(' '),
  ]);
  return [
    `${project}, made by ${madeBy === 'lab' ? 'the lab' : 'docker compose'}${heldBy === null ? '' : `, held by a lab (pid ${heldBy})`}`,
    ...table(rows),
    ...faults.map((fault) => `in force: ${fault}`),
  ];
}
