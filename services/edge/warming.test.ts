import { expect, test } from 'vitest';
import { createRandom } from '../runtime/random.ts';
import { EdgeSettings } from './settings.ts';
import { ReaderRig } from './testing/reader.ts';
import { Warming } from './warming.ts';

test('a content that was read and is not there any more is not one of the most-read', async () => {
  const { cache, clock, reader } = new ReaderRig();
  const warming = new Warming({ WARM_KEYS: 10, WARM_CONCURRENCY: 1 }, { cache, clock, random: createRandom(1) });
  const settings = new EdgeSettings({ propagationDelayMs: 0, strategy: 'eager' });
  warming.start({ reader, breaker: undefined, settings, upToDate: () => 0 });
  for (const id of [1, 2]) warming.countRead(id, true);
  warming.countRead(1, false);
  await warming.cache.flush();
  expect(warming.told()).toMatchObject({ rounds: 1, waiting: 1 });
  warming.close();
});
