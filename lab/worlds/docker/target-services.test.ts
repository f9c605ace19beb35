/** Regions whose cache is not ours, in compose files: those of the examples, and mistakes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PURGER_SETTINGS } from '../../../services/purger/config.ts';
import { readConfig } from '../../../services/runtime/config.ts';
import { UPSTREAM_SETTINGS } from '../../../services/upstream/config.ts';
import { checkReadsLog } from '../../scenarios/world-check.ts';
import { openEdge } from '../../system/edges/edges.ts';
import { HttpTransport } from '../../system/http-clients.ts';
import type { NodeName } from '../../system/parts.ts';
import type { ConcreteTarget } from '../../system/target.ts';
import { whyAbsent } from '../../targets/absent-parts.ts';
import { targetEnvironments } from '../../topology/target-services.ts';
import { readTopology, type Topology } from '../../topology/topology.ts';
import { Parts } from './nodes.ts';

const inRepository = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const program = { compose: inRepository('compose.yaml'), targets: inRepository('lab/targets') };

const read = (file: string) => readTopology({ file, program, environment: {} });

const link = (caller: NodeName, callee: NodeName): ConcreteTarget => ({
  kind: 'link',
  link: { caller, callee },
  direction: 'both',
  region: 'eu-west',
  text: '',
});

async function written(source: string): Promise<Topology> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
  try {
    await writeFile(join(folder, 'mine.yaml'), source);
    return await read(join(folder, 'mine.yaml'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function refused(source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
  try {
    const file = join(folder, 'mine.yaml');
    await writeFile(file, source);
    return await read(file).then(
      () => 'nothing',
      (error: unknown) => String(error),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

const PART = `name: mine
services:
  edge-eu-west:
    image: varnish:7
    ports: ["127.0.0.1:5002:80"]
    labels: { edgesync.target: varnish, edgesync.delay: 300ms }
`;

describe('a compose file with a cache of others', () => {
  it.each(['varnish', 'nginx', 'squid'])('is right: that of %s', async (name) => {
    const { project, regions, compose } = await read(inRepository(`lab/examples/compose.${name}.yaml`));
    expect(project).toBe(`edgesync-${name}`);
    const ofRegions = regions.map(({ region, target, environment }) => [
      region,
      target?.name.startsWith(name),
      environment['PROPAGATION_DELAY'],
    ]);
    expect(ofRegions).toEqual([
      ['us-east', undefined, '100'],
      ['eu-west', true, '300'],
      ['ap-south', undefined, '600'],
    ]);
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['upstream-eu-west', 'purger-eu-west', 'redis-us-east', 'origin']),
    );
    expect(compose.services).not.toHaveProperty('redis-eu-west');
    const port = compose.services['edge-eu-west']?.ports[0]?.containerPort;
    const proxies: readonly unknown[] = JSON.parse(compose.configs['links']?.content ?? '');
    expect(proxies).toHaveLength(11);
    expect(proxies.at(-1)).toEqual({ name: 'eu-west-purges', listen: '0.0.0.0:16001', upstream: `edge-eu-west:${port}`, enabled: true });
  });

  it('has around the cache two services that take what they are told', async () => {
    const { regions, compose } = await read(inRepository('lab/examples/compose.varnish.yaml'));
    const { region = '', target, environment = {} } = regions.find((one) => one.target !== undefined) ?? {};
    if (target === undefined) throw new Error('expected a target');
    const delivered = { ...target, deliver: { how: 'again', afterMs: [700, 2_000] }, lifetime: 60_000, untagged304: true } as const;
    const around = targetEnvironments(region, delivered, environment);
    const all = (name: string) => ({ ...compose.services[name]?.environment, ...around[name] });
    expect(readConfig(UPSTREAM_SETTINGS, all('upstream-eu-west'))).toMatchObject({
      LIFETIME: 60,
      MISSING_LIFETIME: 5,
      TAGS_OF_304: 'left-out',
      ORIGIN_URL: 'http://links:14002',
    });
    const purger = readConfig(PURGER_SETTINGS, all('purger-eu-west'));
    expect(purger).toMatchObject({ PROPAGATION_DELAY: 300, CACHE_URL: 'http://links:16001', KAFKA_BROKERS: ['links:19092'] });
    expect(purger.DELIVER).toEqual(delivered.deliver);
    expect(purger.PURGES).toMatchObject({ ok: [200], hard: { key: { request: 'PURGE /api/content/<id>' } } });
  });

  it('has no purger where the cache reads the log itself, which is told where that is', async () => {
    const own = PART.replace('300ms }', '300ms, edgesync.deliver: own }');
    const { regions, compose } = await written(own);
    expect(compose.services).toHaveProperty('upstream-eu-west');
    expect(compose.services).not.toHaveProperty('purger-eu-west');
    expect(compose.configs['links']?.content).not.toContain('eu-west-purges');
    expect(compose.services['edge-eu-west']?.environment).toEqual({ KAFKA_BROKERS: 'links:19092' });
    const { target, environment = {} } = regions.find(({ region }) => region === 'eu-west') ?? {};
    if (target === undefined) throw new Error('expected a target');
    expect([target.readsLog, environment['PROPAGATION_DELAY']]).toEqual([true, '300']);
    expect(Object.keys(targetEnvironments('eu-west', target, environment))).toEqual(['upstream-eu-west']);
    const parts = new Parts(new Set(Object.keys(compose.services)));
    expect(parts.callerOf({ caller: 'edge:eu-west', callee: 'kafka' })).toBe('upstream-eu-west');
    expect(parts.settingsIn('edge:eu-west')).toBeUndefined();
    const { can } = openEdge({ region: 'eu-west', url: 'http://127.0.0.1:9', target }, { transport: new HttpTransport(), adminToken: '' });
    expect(can).toEqual({});
    const named = await written(own.replace('    ports:', '    environment: { KAFKA_BROKERS: "mine:9092" }\n    ports:'));
    expect(named.compose.services['edge-eu-west']?.environment).toEqual({ KAFKA_BROKERS: 'mine:9092' });
    expect(whyAbsent(link('purger:eu-west', 'edge:eu-west'), target)).toContain('varnish reads the log itself');
    expect(whyAbsent(link('edge:eu-west', 'kafka'), target)).toBeUndefined();
    expect(() => checkReadsLog('docker', regions)).not.toThrow();
    expect(() => checkReadsLog('embedded', regions)).toThrow(
      'edge-eu-west: edgesync.deliver: own needs a log that other programs can read',
    );
  });

  it.each([
    [
      'another delivery by a label',
      PART.replace('300ms }', '300ms, edgesync.deliver: once }'),
      'edgesync.deliver: expected own, or nothing',
    ],
    ['a target that is none', PART.replace('target: varnish', 'target: varnsh'), 'did you mean varnish?'],
    ['our own edge', PART.replace('target: varnish', 'target: edgesync'), 'an edge of the lab needs no label'],
    ['a label that is none', PART.replace('edgesync.delay', 'edgesync.dealy'), ':6: services.edge-eu-west.labels.edgesync.dealy: '],
    ['no port', PART.replace(/ {4}ports.*\n/, ''), 'services.edge-eu-west.ports: expected one port'],
    ['a region without links', PART.replaceAll('eu-west', 'eu-north'), 'configs.links: expected a proxy eu-north-origin, got none'],
    [
      'a label of another service',
      PART.replaceAll('edge-eu-west', 'cache'),
      'services.cache.labels: only a service edge-<region> is a region',
    ],
    [
      'a file outside its folder',
      `${PART}configs: { vcl: { file: ../x.vcl } }\n`,
      'the lab refuses a file outside the folder of this file',
    ],
    ['a config of nothing', `${PART}configs: { vcl: {} }\n`, 'configs.vcl: expected either content or file'],
    ['a file that is not there', `${PART}configs: { vcl: { file: x.vcl } }\n`, 'x.vcl'],
  ])('is refused for %s', async (_what, source, message) => expect(await refused(source)).toContain(message));
});
