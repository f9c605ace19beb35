/** The edges of a region that has several, as services and proxies of a cluster. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { furtherEnvironment } from '../../topology/members.ts';
import { readTopology } from '../../topology/topology.ts';
import { proxyOf } from './links.ts';
import { Parts, serviceOf } from './nodes.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const SECOND = 'edge:eu-west/2';

describe('a second edge of a region', () => {
  it('is a service of its own, with links of its own', async () => {
    const { compose } = await readTopology({ file: COMPOSE, environment: {} });
    const links: readonly { readonly name: string }[] = JSON.parse(compose.configs['links']?.content ?? '');
    const proxies = (['kafka', 'origin'] as const).map((callee) => proxyOf({ caller: SECOND, callee }));
    expect(serviceOf(SECOND)).toBe('edge-eu-west-2');
    expect(compose.services).toHaveProperty(serviceOf(SECOND));
    expect(proxies).toEqual(['eu-west-2-kafka', 'eu-west-2-origin']);
    expect(links.map(({ name }) => name)).toEqual(expect.arrayContaining(proxies));
  });

  it('has the settings of its region, and what it has for itself', async () => {
    const { regions } = await readTopology({ file: COMPOSE, environment: {} });
    const { environment = {}, others = [] } = regions.find(({ region }) => region === 'eu-west') ?? {};
    const [second] = others;
    if (second === undefined) throw new Error('expected a second edge');
    expect(furtherEnvironment(second, { ...environment, PROPAGATION_DELAY: '700' })).toMatchObject({
      REGION_NAME: 'eu-west',
      EDGE_MEMBER: '2',
      EDGE_PORT: '5004',
      KAFKA_BROKERS: 'links:19094',
      ORIGIN_URL: 'http://links:14004',
      PROPAGATION_DELAY: '700',
      REDIS_URL: environment['REDIS_URL'],
    });
  });

  it('is told the settings of its region where it runs, and has them again when it was killed', () => {
    const both = new Parts(new Set(['edge-eu-west', 'edge-eu-west-2', 'edge-us-east']));
    expect(both.allSettingsOf('eu-west')).toEqual(['edge-eu-west', 'edge-eu-west-2']);
    expect(both.allSettingsOf('us-east')).toEqual(['edge-us-east']);
    expect([both.settingsIn(SECOND), both.settingsIn('edge:eu-west'), both.settingsIn('redis:eu-west')]).toEqual([
      'eu-west',
      'eu-west',
      undefined,
    ]);
    expect(new Parts(new Set(['edge-eu-west'])).allSettingsOf('eu-west')).toEqual(['edge-eu-west']);
  });

  it('opens its links from its own container', () => {
    expect(new Parts(new Set(['edge-eu-west', 'edge-eu-west-2'])).callerOf({ caller: SECOND, callee: 'kafka' })).toBe('edge-eu-west-2');
  });
});
