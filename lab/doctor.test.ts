import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { examine, NODE_OLDEST, type Patient } from './doctor.ts';

const HERE = fileURLToPath(import.meta.url);
const NOWHERE = `${HERE}/nowhere`;
const MB = 1_000_000;
const WELL: Patient = {
  system: { platform: 'linux', arch: 'x64' },
  nodeVersion: '24.21.0',
  memoryBytes: 8_000 * MB,
  ports: [{ port: 0, service: 'origin' }],
  pgliteFile: HERE,
  dumpFile: HERE,
  docker: {
    engine: 'Docker 28',
    apiVersion: '1.48',
    memoryProblem: undefined,
    ownPorts: [],
    images: [{ name: 'redis:7', isHere: true, isBuilt: false, standIn: undefined }],
  },
  compose: { command: 'docker compose', version: '2.40.0' },
  caches: [{ name: 'varnish', isHere: true, version: '7.1.1', get: 'apt-get install varnish' }],
  needsDocker: false,
};

async function stateOf(name: string, patient: Partial<Patient>): Promise<string | undefined> {
  const found = (await examine({ ...WELL, ...patient })).find((diagnosis) => diagnosis.name === name);
  expect(found?.remedy === null, 'a remedy exactly where there is something to do').toBe(found?.state === 'ok');
  return found?.state;
}

describe('the doctor', () => {
  it('finds nothing to do where everything is there', async () => {
    const diagnoses = await examine(WELL);
    expect(diagnoses.map(({ name }) => name)).toEqual([
      'system',
      'node',
      'memory',
      'ports',
      'postgres',
      'database',
      'engine',
      'compose',
      'images',
      'caches',
    ]);
    expect(diagnoses.filter(({ state, remedy }) => state !== 'ok' || remedy !== null)).toEqual([]);
  });

  it.each([
    ['linux', 'x64', 'ok', /tested/],
    ['linux', 'arm64', 'warning', /by reading/],
    ['darwin', 'arm64', 'warning', /macOS.*by reading/],
    ['win32', 'x64', 'warning', /not supported/],
    ['sunos', 'x64', 'warning', /the lab was never tried there/],
  ])('says of %s on %s: %s', async (platform, arch, state, says) => {
    const found = (await examine({ ...WELL, system: { platform, arch } })).find(({ name }) => name === 'system');
    expect(found).toMatchObject({ state, says: expect.stringMatching(says) });
  });

  it.each([
    ['20.20.2', 'missing'],
    ['22.9.0', 'missing'],
    ['22.18.9', 'missing'],
    ['22.19.0', 'ok'],
    ['23.0.0', 'ok'],
    ['100.1.0', 'ok'],
  ])('says of Node %s: %s', async (nodeVersion, state) => {
    expect(await stateOf('node', { nodeVersion })).toBe(state);
  });

  it('needs the Node that package.json asks for', async () => {
    const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
    expect(manifest).toMatchObject({ engines: { node: `>=${NODE_OLDEST}` } });
  });

  it.each([
    [699, 'missing'],
    [700, 'warning'],
    [999, 'warning'],
    [1_000, 'ok'],
  ])('says of %i MB: %s', async (megabytes, state) => {
    expect(await stateOf('memory', { memoryBytes: megabytes * MB })).toBe(state);
  });

  it('names a port that is taken, its service and who holds it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ports = [...WELL.ports, { port, service: 'edge-us-east' }];
    expect(await stateOf('ports', { ports })).toBe('missing');
    expect((await examine({ ...WELL, ports })).find(({ name }) => name === 'ports')?.says).toContain(
      `port ${port} (edge-us-east) is busy, held by `,
    );
    await new Promise((resolve) => server.close(resolve));
    expect(await stateOf('ports', { ports })).toBe('ok');
  });

  it.each([undefined, NOWHERE])('cannot do without PGlite (%j)', async (pgliteFile) => {
    expect(await stateOf('postgres', { pgliteFile })).toBe('missing');
  });

  it('can do without the empty database, which only costs time', async () => {
    expect(await stateOf('database', { dumpFile: NOWHERE })).toBe('warning');
  });

  it('takes Docker for something to have, unless it is asked for', async () => {
    const docker = { problem: 'no Docker engine is here: no socket. Install and start Docker, or use --backend embedded' };
    expect(await stateOf('engine', { docker })).toBe('warning');
    expect(await stateOf('engine', { docker, needsDocker: true })).toBe('missing');
    const [engine] = (await examine({ ...WELL, docker })).filter(({ name }) => name === 'engine');
    expect(engine).toMatchObject({ says: 'no Docker engine is here: no socket', remedy: expect.stringContaining('Install') });
  });

  it.each<readonly [apiVersion: string, state: string, needed: string]>([
    ['1.24', 'missing', 'needed 1.29 (Docker 17.05) or newer'],
    ['1.28', 'missing', 'needed 1.29'],
    ['1.29', 'warning', 'never tried below 1.41 (Docker 20.10)'],
    ['1.40', 'warning', 'never tried below 1.41'],
    ['1.41', 'ok', 'Docker 28'],
    ['1.51', 'ok', 'Docker 28'],
    ['2.0', 'ok', 'Docker 28'],
  ])('says of an engine whose API is %s: %s', async (apiVersion, state, needed) => {
    const docker = { engine: 'Docker 28', apiVersion, memoryProblem: undefined, ownPorts: [], images: [] };
    expect(await stateOf('engine', { docker, needsDocker: true })).toBe(state);
    expect((await examine({ ...WELL, docker })).find(({ name }) => name === 'engine')?.says).toContain(needed);
    if (state === 'missing') expect(await stateOf('engine', { docker })).toBe('warning');
  });

  it.each([
    ['1.29.2', 'warning'],
    ['2.0.0', 'warning'],
    ['v2.23.0', 'warning'],
    ['2.23.1', 'ok'],
    ['v2.24.0-desktop.1', 'ok'],
    ['5.0.2', 'ok'],
    ['dev', 'ok'],
  ])('says of Compose %s: %s', async (version, state) => {
    expect(await stateOf('compose', { compose: { command: 'docker compose', version } })).toBe(state);
  });

  it('can do without Compose', async () => {
    expect(await stateOf('compose', { compose: undefined })).toBe('ok');
  });

  it('asks for the Compose that what compose.yaml uses came with', async () => {
    const file = await readFile(new URL('../compose.yaml', import.meta.url), 'utf8');
    expect(file).toMatch(/^configs:\n(?: {2}.*\n)*? {4}content: \|$/m);
    expect((await examine(WELL)).find(({ name }) => name === 'compose')?.says).toContain('2.23.1');
  });

  it('names images that are not here, and what stands in for an official one', async () => {
    const image = { name: 'kafka:4', isHere: true, isBuilt: false, standIn: 'Debian and Maven' };
    const docker = { engine: 'Docker 28', apiVersion: '1.48', memoryProblem: undefined, ownPorts: [], images: [image] };
    expect((await examine({ ...WELL, docker })).find(({ name }) => name === 'images')).toMatchObject({
      state: 'ok',
      says: expect.stringContaining('kafka:4 is a stand-in'),
    });
    const missing = { ...docker, images: [{ ...image, isHere: false }] };
    expect((await examine({ ...WELL, docker: missing })).find(({ name }) => name === 'images')).toMatchObject({
      state: 'warning',
      says: 'not here: kafka:4',
    });
  });

  it('says of an engine with too little memory what it has', async () => {
    const docker = {
      engine: 'Docker 28',
      apiVersion: '1.48',
      memoryProblem: 'the Docker engine has 900 MB of memory',
      ownPorts: [],
      images: [],
    };
    expect(await stateOf('engine', { docker, needsDocker: true })).toBe('missing');
  });

  it('says which caches can be raced here, and how the others are got; a world needs none of them', async () => {
    const caches = [
      { name: 'squid', isHere: true, version: undefined, get: 'apt-get install squid' },
      { name: 'lru-cache', isHere: false, version: undefined, get: 'npm install lru-cache' },
    ];
    const saysOf = async (found: Patient['caches']) => (await examine({ ...WELL, caches: found })).find(({ name }) => name === 'caches');
    expect(await saysOf([...WELL.caches, ...caches])).toMatchObject({
      state: 'ok',
      says: 'can be raced here: varnish 7.1.1, squid; not here: lru-cache (npm install lru-cache)',
    });
    expect(await saysOf([])).toMatchObject({ state: 'ok', says: 'can be raced here: none' });
  });
});
