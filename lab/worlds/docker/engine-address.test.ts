import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEngineAddress } from './engine-address.ts';
import { absenceOf } from './engine-errors.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'edgesync-'));
});
afterEach(() => rm(home, { recursive: true }));

async function addContext(name: string, host: string): Promise<void> {
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  await writeFile(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));
}

describe('the address of the engine', () => {
  it.each([
    ['unix:///run/mine.sock', { socketPath: '/run/mine.sock' }],
    ['tcp://127.0.0.1:2376', { host: '127.0.0.1', port: 2376 }],
    ['tcp://localhost', { host: 'localhost', port: 2375 }],
  ])('is taken from DOCKER_HOST=%s', async (host, address) => {
    await addContext('other', 'unix:///run/other.sock');
    expect(await findEngineAddress({ HOME: home, DOCKER_HOST: host })).toEqual(address);
  });

  it('is that of the current context, or of the one that is named', async () => {
    await addContext('named', 'unix:///run/named.sock');
    await addContext('current', 'unix:///run/current.sock');
    expect(await findEngineAddress({ HOME: home })).toEqual({ socketPath: '/run/current.sock' });
    expect(await findEngineAddress({ HOME: home, DOCKER_CONTEXT: 'named' })).toEqual({ socketPath: '/run/named.sock' });
    await expect(findEngineAddress({ HOME: home, DOCKER_CONTEXT: 'lost' })).rejects.toThrow(/docker context lost cannot be read/);
  });

  it.each(['tcp://build.example:2375', 'ssh://me@build.example', 'tcp://10.0.0.7:2375', 'nonsense'])(
    'is refused by name when it is %s, on another machine',
    async (host) => {
      await expect(findEngineAddress({ HOME: home, DOCKER_HOST: host })).rejects.toThrow(`got ${host} from DOCKER_HOST`);
      await addContext('remote', host);
      await expect(findEngineAddress({ HOME: home })).rejects.toThrow(`got ${host} from the docker context remote`);
    },
  );
});

describe('an engine that the environment names carelessly', () => {
  it('is that of the user’s own context when a place is empty or relative', async () => {
    await addContext('current', 'unix:///run/current.sock');
    for (const value of ['', 'here', './.docker']) {
      const variables = { HOME: home, DOCKER_CONFIG: value, DOCKER_CONTEXT: '', DOCKER_HOST: '', XDG_RUNTIME_DIR: value };
      expect(await findEngineAddress(variables), JSON.stringify(value)).toEqual({ socketPath: '/run/current.sock' });
    }
  });

  it.each(['unix://', 'unix://docker.sock', 'unix://./docker.sock'])('is refused when DOCKER_HOST is %s', async (host) => {
    await expect(findEngineAddress({ HOME: home, DOCKER_HOST: host })).rejects.toThrow(
      'expected unix:// and an absolute path from DOCKER_HOST',
    );
  });

  it('is refused when its certificates would be looked for in the folder one stands in', async () => {
    const variables = { HOME: home, DOCKER_HOST: 'tcp://127.0.0.1:2376', DOCKER_CERT_PATH: 'certificates' };
    await expect(findEngineAddress(variables)).rejects.toThrow('DOCKER_CERT_PATH: expected an absolute path, got "certificates"');
  });
});

describe('no engine', () => {
  it.each([
    [undefined, undefined, /no Docker engine is here.* Install and start Docker/],
    ['/run/docker.sock', { code: 'EACCES' }, /no permission on \/run\/docker\.sock.* usermod -aG docker/],
    ['/run/docker.sock', { code: 'ENOENT' }, /no Docker engine listens on \/run\/docker\.sock.* Start it/],
    ['/run/docker.sock', { code: 'EMFILE', message: 'connect EMFILE' }, /cannot be asked: this process may open no more files .*EMFILE/],
    ['/run/docker.sock', new Error('no answer'), /does not answer within a second.* Restart it/],
  ])('at %s with %j is a sentence with the remedy', (address, error, sentence) => {
    expect(absenceOf(address, error)).toMatch(sentence);
    expect(absenceOf(address, error)).toContain('--backend embedded');
  });
});
