/**
 * What an edge says of the invalidations it applies: a line for each, which `docker compose logs … | grep invalidation`
 * finds.
 */
import { expect, test } from 'vitest';
import { type Logger, silentLogger } from '../runtime/log.ts';
import { CacheUnavailable } from './cache/cache.ts';
import { contentOf, DELAY_MS, eventOf, expectAllApplied, type Region, withRegion, writeOf } from './testing/kit.ts';

interface Said {
  readonly fields: object;
  readonly message: string;
}

function recordingLogger(): { readonly said: Said[]; readonly logger: Logger } {
  const said: Said[] = [];
  return { said, logger: { ...silentLogger, info: (fields, message) => void said.push({ fields, message }) } };
}

async function appended(region: Region, ...messages: Parameters<Region['log']['append']>[0]): Promise<void> {
  await region.log.append(messages);
  await region.clock.advance(DELAY_MS);
}

test('each invalidation is a line at info, with what it was for, how, and when it came', () => {
  const { said, logger } = recordingLogger();
  return withRegion({ logger }, async (region) => {
    await region.start();
    await region.store(contentOf(1, 1, ['news']));
    await appended(region, writeOf(1, 2), eventOf({ type: 'tag', target: 'news', mode: 'soft' }));
    await expectAllApplied(region);
    expect(said).toEqual([
      {
        message: 'invalidation applied',
        fields: expect.objectContaining({
          region: 'test',
          type: 'key',
          target: 'content:1',
          version: 2,
          mode: 'hard',
          offset: 0,
          lagMs: 300,
        }),
      },
      {
        message: 'invalidation applied',
        fields: expect.objectContaining({
          region: 'test',
          type: 'tag',
          target: 'news',
          version: null,
          mode: 'soft',
          offset: 1,
          lagMs: 300,
        }),
      },
    ]);
  });
});

test('one that is not applied is no line: the cache is away, or it was applied before', () => {
  const { said, logger } = recordingLogger();
  const lines = () => said.filter(({ message }) => message === 'invalidation applied').length;
  return withRegion({ logger }, async (region) => {
    await region.start();
    region.cache.away = true;
    await appended(region, writeOf(1, 2));
    expect(lines()).toBe(0);
    region.cache.away = false;
    await region.clock.advance(DELAY_MS);
    expect(lines()).toBe(1);
    // Read again from its stored offset, by an edge that starts anew.
    await region.restartEdge();
    await region.start();
    await region.clock.advance(DELAY_MS);
    expect(lines()).toBe(1);
  });
});

test('while a cache refuses, it is said when that begins and, with how often it failed, when it is over', () => {
  const said: (readonly [level: string, message: string, fields: object])[] = [];
  const at = (level: string) => (fields: object, message: string) => void said.push([level, message, fields]);
  const logger: Logger = { ...silentLogger, info: at('info'), warn: at('warn') };
  return withRegion({ logger }, async (region) => {
    await region.start();
    let refused = 0;
    region.cache.before = (command) => {
      if (command !== 'apply') return;
      refused += 1;
      throw new CacheUnavailable('out of memory');
    };
    await appended(region, writeOf(1, 2));
    await region.clock.advance(5_000);
    expect(refused).toBeGreaterThan(50);
    region.cache.before = () => {};
    await region.clock.advance(1_000);
    await expectAllApplied(region);
    const place = { region: 'test', partition: expect.any(Number) };
    expect(said).toEqual([
      ['warn', 'apply failed', { ...place, error: expect.stringContaining('out of memory') }],
      ['info', 'taking up the stored offsets again', expect.objectContaining({ reason: 'an apply failed' })],
      ['info', 'invalidation applied', expect.objectContaining({ target: 'content:1' })],
      ['info', 'applies again', { ...place, failures: refused, forMs: expect.any(Number) }],
    ]);
  });
});
