/** The docker column of the table of faults, on containers. */
import { describe, inject } from 'vitest';
import { type DockerTestWorld, startSharedWorld } from '../worlds/testing/docker-kit.ts';
import { everyFaultIsSeen } from './testing/every-fault-suite.ts';
import { overlappingFaultsAreSeenAt } from './testing/overlap-suite.ts';

const cluster = inject('cluster');

function startWorld(): Promise<DockerTestWorld> {
  if (cluster === undefined) throw new TypeError('expected a cluster');
  return startSharedWorld(cluster);
}

describe.skipIf(cluster === undefined)('every fault of the table', () => {
  everyFaultIsSeen({ backend: 'docker', startWorld, settledMsMax: 60_000 });
});

describe.skipIf(cluster === undefined)('faults that overlap', () => {
  overlappingFaultsAreSeenAt({ backend: 'docker', startWorld, isBrief: true });
});
