import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTopology } from './topology.ts';

const COMPOSE = fileURLToPath(new URL('../../compose.yaml', import.meta.url));

async function withComposeFile<T>(source: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
  try {
    const file = join(folder, 'compose.yaml');
    await writeFile(file, source);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const SMALL = `name: lab
services:
  origin:
    image: x
    ports: ["127.0.0.1:\${ORIGIN_PORT:-4000}:4000"]
  edge-eu-west:
    image: x
    environment: { REGION_NAME: eu-west, PROPAGATION_DELAY: 300 }
    ports: ["127.0.0.1:5002:5002"]
`;

describe('compose.yaml', () => {
  it('of the project has the three regions of the original EdgeSync on their ports', async () => {
    const topology = await readTopology({ file: COMPOSE, environment: {} });
    expect(topology.origin.port).toBe(4000);
    expect(
      topology.regions.map(({ region, port, environment }) => [
        region,
        port,
        environment['PROPAGATION_DELAY'],
        environment['INVALIDATION_STRATEGY'],
      ]),
    ).toEqual([
      ['us-east', 5001, '100', 'eager'],
      ['eu-west', 5002, '300', 'lazy'],
      ['ap-south', 5003, '600', 'lazy'],
    ]);
  });

  it('of the project has a second edge of eu-west, under a profile', async () => {
    const topology = await readTopology({ file: COMPOSE, environment: {} });
    const others = topology.regions.map(({ region, others: further = [] }) => [region, further.map(({ service }) => service)]);
    expect(others).toEqual([
      ['us-east', []],
      ['eu-west', ['edge-eu-west-2']],
      ['ap-south', []],
    ]);
    expect(topology.compose.services['edge-eu-west-2']?.profiles).toEqual(['members']);
  });

  it.each([
    ['is numbered otherwise than its name', 'edge-eu-west-2', 'eu-west', 3, /expected edge-eu-west-2 with EDGE_MEMBER 2/],
    ['leaves a number out', 'edge-eu-west-3', 'eu-west', 3, /services\.edge-eu-west-3: expected edge-eu-west-2/],
    ['is of no region', 'edge-ap-south-2', 'ap-south', 2, /expected a service edge-ap-south beside this service/],
  ])('refuses a further edge that %s', async (_title, name, region, member, message) => {
    const further = `  ${name}: { image: x, environment: { REGION_NAME: ${region}, EDGE_MEMBER: ${member} }, ports: ["127.0.0.1:5009:5009"] }\n`;
    await withComposeFile(SMALL + further, (file) => expect(readTopology({ file, environment: {} })).rejects.toThrow(message));
  });

  it('takes a port from its variable, a project name, and free ports when asked', async () => {
    expect((await readTopology({ file: COMPOSE, environment: { ORIGIN_PORT: '4444' } })).origin.port).toBe(4444);
    expect((await readTopology({ file: COMPOSE, environment: {}, project: 'two' })).project).toBe('two');
    await expect(readTopology({ file: COMPOSE, environment: {}, project: '../up' })).rejects.toThrow(/expected a project name/);
    const free = await readTopology({ file: COMPOSE, environment: {}, freePorts: true });
    expect([free.origin.port, ...free.regions.map((region) => region.port)]).toEqual([0, 0, 0, 0]);
  });

  it.each<readonly [what: string, source: string, message: RegExp]>([
    [
      'an unsupported key, with its line',
      SMALL.replace('    image: x\n    ports', '    image: x\n    hostname: me\n    ports'),
      /compose\.yaml:5: services\.origin\.hostname: the lab does not support this key/,
    ],
    ...['privileged: true', 'devices: [/dev/kvm]', 'pid: host', 'network_mode: host', 'volumes: [/:/host]'].map(
      (unsafe) =>
        [
          `the unsafe ${unsafe}`,
          SMALL.replace('    image: x\n    ports', `    image: x\n    ${unsafe}\n    ports`),
          new RegExp(`:5: services\\.origin\\.${unsafe.split(':')[0]}: the lab refuses this key: `),
        ] as const,
    ),
    [
      'a capability no service here needs',
      SMALL.replace('    image: x\n    ports', '    image: x\n    cap_add: [NET_ADMIN]\n    ports'),
      /:5: services\.origin\.cap_add\.0: the lab refuses this capability/,
    ],
    [
      'a build folder outside its own',
      SMALL.replace('    image: x\n    ports', '    image: x\n    build: ../elsewhere\n    ports'),
      /services\.origin\.build: the lab refuses a folder outside the folder of this file/,
    ],
    [
      'a network that is not declared',
      SMALL.replace('    image: x\n    ports', '    image: x\n    networks: [mars]\n    ports'),
      /services\.origin\.networks: there is no network mars/,
    ],
    [
      'a mode that Compose reads as octal and YAML as decimal',
      SMALL.replace('    image: x\n    ports', '    image: x\n    configs: [{ source: a, target: /a, mode: 0555 }]\n    ports'),
      /:5: services\.origin\.configs\.0\.mode: expected 0o444 \(to read\) or 0o555 \(to run\)/,
    ],
    [
      'a place for its log where logs does not look',
      SMALL.replace('    image: x\n    ports', '    image: x\n    logging: { driver: none, options: { max-size: 1m } }\n    ports'),
      /:5: services\.origin\.logging\.driver: /,
    ],
    [
      'a log without an end',
      SMALL.replace('    image: x\n    ports', '    image: x\n    logging: { driver: json-file, options: {} }\n    ports'),
      /services\.origin\.logging\.options\.max-size: /,
    ],
    ['an unsupported top-level key', `${SMALL}volumes: {}\n`, /volumes: the lab does not support this key/],
    [
      'a port published beyond loopback',
      SMALL.replace('127.0.0.1:5002', '5002'),
      /services\.edge-eu-west\.ports\.0: expected 127\.0\.0\.1:PORT:PORT/,
    ],
    ['a variable without a value', SMALL.replace('PROPAGATION_DELAY: 300', `PROPAGATION_DELAY: "$\{NOWHERE}"`), /\$\{NOWHERE\} is not set/],
    ['a region that is called otherwise', SMALL.replace('REGION_NAME: eu-west', 'REGION_NAME: mars'), /REGION_NAME: expected eu-west/],
    ['no edge at all', SMALL.replace('edge-eu-west', 'other'), /at least one service edge-<region>/],
    ['no origin', SMALL.replace('  origin:', '  other:'), /services\.origin is missing/],
    ['YAML that cannot be read', 'name: [', /compose\.yaml:1: /],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n`,
      /alias/,
    ],
    ['something that is no map', '7', /expected/i],
  ])('with %s is refused', async (_what, source, message) => {
    await withComposeFile(source, async (file) => {
      await expect(readTopology({ file, environment: {} })).rejects.toThrow(message);
    });
  });

  it.each([
    [SMALL, /compose\.yaml has none, got the profile "debug"/],
    [SMALL.replace('    image: x\n    ports', '    image: x\n    profiles: [tools]\n    ports'), /expected tools, got the profile "debug"/],
  ])('refuses a profile that is not in it, and says which are', async (source, message) => {
    await withComposeFile(source, async (file) => {
      await expect(readTopology({ file, environment: {}, profiles: ['debug'] })).rejects.toThrow(message);
    });
  });
});
