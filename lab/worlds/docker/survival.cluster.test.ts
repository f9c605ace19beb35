/** What the protocol must survive, on containers. */
import { describe, inject } from 'vitest';
import { theProtocolSurvives } from '../../faults/testing/survival-suite.ts';
import { startSharedWorld } from '../testing/docker-kit.ts';

/** More than two sessions of Kafka’s. */
const CUT_MS = 15_000;

const cluster = inject('cluster');

describe.skipIf(cluster === undefined)('the cluster', () => {
  theProtocolSurvives({
    startWorld: () => {
      if (cluster === undefined) throw new TypeError('expected a cluster');
      return startSharedWorld(cluster);
    },
    convergedMsMax: 60_000,
    cutMs: CUT_MS,
  });
});
