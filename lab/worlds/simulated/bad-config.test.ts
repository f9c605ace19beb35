import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { InvalidInput } from '../../errors.ts';
import { readTopology } from '../../topology/topology.ts';
import { startSimulated } from './simulated.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));

it('what a service refuses in its environment is a wrong input, and no broken lab', async () => {
  const clock = new VirtualClock();
  const topology = await readTopology({ file: COMPOSE, environment: { WARM_KEYS: '-5' } });
  const error = await clock.runUntil(
    startSimulated({ topology, clock, random: createRandom(1) }).then(
      () => undefined,
      (reason: unknown) => reason,
    ),
  );
  expect(error).toBeInstanceOf(InvalidInput);
  expect(String(error)).toContain('edge-us-east: WARM_KEYS: expected a whole number from 0 to 10000, got "-5"');
});
