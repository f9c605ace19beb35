/** The docker column of the table of faults, on containers. */
import { describe, inject } from 'vitest';
import { startSharedWorld } from '../worlds/docker/test-support.ts';
import { everyFaultIsSeen } from './every-fault-suite.ts';

const cluster = inject('cluster');

describe.skipIf(cluster === undefined)('every fault of the table', () => {
  everyFaultIsSeen({
    backend: 'docker',
    startWorld: () => {
      if (cluster === undefined) throw new TypeError('expected a cluster');
      return startSharedWorld(cluster);
    },
    settledMsMax: 60_000,
  });
});
