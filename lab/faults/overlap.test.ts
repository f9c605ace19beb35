import { describe } from 'vitest';
import { createRandom } from '../../services/runtime/random.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import { StubCluster } from '../worlds/testing/stub-cluster.ts';
import { ActiveFaults, type FaultChange } from './active-faults.ts';
import { withFaults } from './testing/active-faults.ts';
import { overlappingFaultsAreSeen } from './testing/overlap-suite.ts';

describe('in the simulated world', () => {
  overlappingFaultsAreSeen({ backend: 'simulated', region: 'eu-west', withBench: withFaults });
});

describe('in Docker, over a stub of it', () => {
  overlappingFaultsAreSeen({
    backend: 'docker',
    region: 'a',
    withBench: async (run) => {
      const clock = new VirtualClock();
      const { world, clients } = new StubCluster({ clock });
      const changes: FaultChange[] = [];
      const t = () => clock.monotonicMs();
      const faults = new ActiveFaults({ world, clients, clock, random: createRandom(1), t, onChange: (change) => changes.push(change) });
      await clock.runUntil(run({ faults, changes }));
    },
  });
});
