import { expect, it } from 'vitest';
import { silentLogger } from '../../runtime/log.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { withoutRepeats } from './repeated-warnings.ts';

it('warns of the same thing once in ten seconds, of another at once', async () => {
  const clock = new VirtualClock();
  const warned: string[] = [];
  const logger = withoutRepeats({ ...silentLogger, warn: (_fields, message) => void warned.push(message) }, clock);
  for (const message of ['away', 'away', 'gone', 'away']) logger.warn({}, message);
  expect(warned).toEqual(['away', 'gone']);
  await clock.advance(10_000);
  logger.warn({}, 'away');
  expect(warned).toEqual(['away', 'gone', 'away']);
});
