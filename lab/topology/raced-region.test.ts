/** What is left of a topology for races of our own edge, and what is added. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withRacedRegion } from './raced-region.ts';
import { readTopology } from './topology.ts';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const program = { compose: pathOf('compose.yaml'), targets: pathOf('lab/targets') };
const read = (path: string) => readTopology({ file: pathOf(path), program, environment: {} });
const LAZY = { strategy: 'lazy', lifetimeMs: 60_000 } as const;

describe('a topology for races', () => {
  it('has one region, its Redis, and an upstream between its edge and the origin', async () => {
    const { regions, compose } = withRacedRegion(await read('compose.yaml'), LAZY);
    const plain = Object.entries(compose.services).filter(([, { profiles = [] }]) => profiles.length === 0);
    expect(plain.map(([name]) => name).sort()).toEqual(
      ['edge-us-east', 'kafka', 'links', 'origin', 'postgres', 'redis-us-east', 'upstream-us-east'].sort(),
    );
    const [region] = regions;
    expect([regions.length, region?.environment]).toEqual([
      1,
      expect.objectContaining({
        ORIGIN_URL: 'http://upstream-us-east:8080',
        PROPAGATION_DELAY: '0',
        INVALIDATION_STRATEGY: 'lazy',
        CACHE_TTL: '60',
      }),
    ]);
    expect(compose.services['upstream-us-east']?.environment).toMatchObject({ ORIGIN_URL: 'http://links:14001' });
    expect(compose.services['edge-us-east']?.depends_on).toMatchObject({ 'upstream-us-east': { condition: 'service_healthy' } });
  });

  it('leaves out what stands around caches of others', async () => {
    const { regions, compose } = withRacedRegion(await read('lab/examples/compose.varnish.yaml'), LAZY);
    expect(regions.map(({ region }) => region)).toEqual(['us-east']);
    expect(Object.keys(compose.services).filter((name) => /-(?:eu-west|ap-south)$/.test(name))).toEqual([]);
  });

  it('is refused where no region has our own edge', async () => {
    const topology = await read('lab/examples/compose.varnish.yaml');
    const others = topology.regions.filter(({ target }) => target !== undefined);
    expect(() => withRacedRegion({ ...topology, regions: others }, LAZY)).toThrow('expected a region with an edge of the lab, got none');
  });
});
