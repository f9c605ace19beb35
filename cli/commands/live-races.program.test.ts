/**
 * `races` of live targets, as users run them: a CDN of two nginx that the lab does not start, and every rail by its
 * option.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countingServer } from '../../lab/rails/testing/counting-server.ts';
import { freePort } from '../../lab/rails/testing/free-port.ts';
import { type LiveFile, liveText } from '../../lab/rails/testing/live-target.ts';
import { NGINX, type NginxCdnOptions, startNginxCdn } from '../../lab/rails/testing/nginx-cdn.ts';
import { startProgram } from '../testing/process.ts';
import { hasServer } from '../testing/servers.ts';

const RACES_MS_MAX = 240_000;
const SECRET = 's3cret-of-the-cdn';
const PURGE =
  '{ hard: { key: { request: GET /api/content/<id>, headers: { x-refresh: "1", authorization: "Bearer <env:CDN_TOKEN>" } } }, ok: [200, 404] }';
const OPENSSL = '/usr/bin/openssl';
const [hasNginx, hasOpenssl] = await Promise.all([NGINX, OPENSSL].map(hasServer));

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-live-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function races(file: LiveFile, words: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const folder = await ownFolder();
  const path = join(folder, 'cdn.yaml');
  await writeFile(path, liveText(file));
  return { folder, ...(await startProgram(['races', path, ...words], { env }).ended) };
}

async function cdn(options: NginxCdnOptions = {}) {
  const started = await startNginxCdn(options);
  onTestFinished(() => started.close());
  return started;
}

describe('races of a live target', { timeout: RACES_MS_MAX }, () => {
  it.runIf(hasNginx)('leave a report that says whom they asked, and no secret anywhere', async () => {
    const edge = await cdn({ perSecond: 20, burst: 10 });
    const out = join(await ownFolder(), 'out');
    const words = ['--race', 'plain', 'in-head', '--rate', '10', '--out', out];
    const ended = await races({ url: edge.url, port: edge.backendPort, purge: PURGE }, words, { CDN_TOKEN: SECRET });
    expect([ended.code, ended.stdout], ended.stderr).toEqual([1, expect.stringContaining('cdn    hard key     ok     kept')]);
    const sent = Number(/sent (\d+) requests/.exec(ended.stderr)?.[1]);
    // A line of its log comes a moment after the answer.
    await expect.poll(async () => (await edge.requests()).length, { timeout: 60_000 }).toBe(sent);
    const requests = await edge.requests();
    const purges = requests.filter(({ isRefresh }) => isRefresh);
    expect(ended.stderr).toContain(
      `sent ${requests.length} requests, ${purges.length} of them purges, to 127.0.0.1 (127.0.0.1), at most 10 a second`,
    );
    expect(new Set(purges.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${SECRET}`]));
    expect(new Set(requests.map(({ userAgent }) => userAgent))).toEqual(
      new Set([expect.stringMatching(/^edgesync-lab\/\S+ \(races; a test of this cache/)]),
    );
    const written = await Promise.all((await readdir(out)).map((name) => readFile(join(out, name), 'utf8')));
    expect(written).toHaveLength(3);
    const all = [ended.stdout, ended.stderr, ...written].join('\n');
    expect(all).toContain('<env:CDN_TOKEN>');
    expect(all).not.toContain(SECRET);
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('<h2>Live targets</h2>');
    expect(await readFile(join(out, 'junit.xml'), 'utf8')).toContain('<property name="rate" value="10"/>');
    const { rails } = JSON.parse(await readFile(join(out, 'races.json'), 'utf8'));
    expect(rails).toMatchObject({
      hosts: [{ host: '127.0.0.1', isNamed: false }],
      perSecond: 10,
      allowsWidePurge: false,
      requests: requests.length,
    });
  });

  it.runIf(hasNginx)('are unknown where the cache wants no more requests', async () => {
    const edge = await cdn({ perSecond: 1, burst: 4 });
    const { code, stdout, stderr } = await races({ url: edge.url, port: edge.backendPort });
    expect([code, stdout]).toEqual([2, 'cache  purge\ncdn    ended\n']);
    expect(stderr).toMatch(/cdn: stopped: GET \S+ was answered with 429: .*; --rate takes fewer a second; nothing more was sent/);
  });

  it('are 104 where the cache asks somebody else, after one request', async () => {
    const server = await countingServer((answer) => void answer.end('{"data":{"version":1}}'));
    const port = await freePort();
    const { code, stderr } = await races({ url: server.url, port });
    expect([code, stderr]).toEqual([104, expect.stringContaining(`the backend of the cache must be 127.0.0.1:${port}, and nothing else`)]);
    expect(server.received).toHaveLength(1);
  });

  it.runIf(hasOpenssl)('take no certificate that does not hold, whatever the environment says', async () => {
    const folder = await ownFolder();
    const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    await promisify(execFile)(OPENSSL, [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      keyFile,
      '-out',
      file,
      '-days',
      '2',
      ...names,
    ]);
    const received: (string | undefined)[] = [];
    const server = createServer({ key: await readFile(keyFile), cert: await readFile(file) }, (asked, answer) => {
      received.push(asked.headers.host);
      answer.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const live = { url: `https://localhost:${port}`, port: await freePort() };
    const refused = await races(live, [], { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect([refused.code, refused.stderr, received]).toEqual([104, expect.stringContaining('self-signed certificate'), []]);
    await races(live, [], { NODE_EXTRA_CA_CERTS: file });
    expect(received).toEqual([`localhost:${port}`]);
  });

  it('are printed by --dry-run, the first request of each kind, and nothing is sent or looked up', async () => {
    const server = await countingServer();
    const purge =
      '{ hard: { key: PURGE /api/content/<id>, tag: { request: PURGE /, headers: { x-tag: <tag>, authorization: "Bearer <env:CDN_TOKEN>" } } } }';
    const more = ['headers: { x-site: "<env:SITE>" }', 'purge-url: https://api.cdn.invalid'];
    const words = ['--allow-external', 'another.invalid', '--allow-external', 'api.cdn.invalid', '--dry-run'];
    const env = { CDN_TOKEN: SECRET, SITE: SECRET };
    const { code, stdout, stderr } = await races({ url: server.url, purge, more }, words, env);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').map((line) => line.trim().replace(/edgesync-lab\/\S+/, 'edgesync-lab/V'));
    const agent = 'user-agent: edgesync-lab/V (races; a test of this cache by whoever runs it)';
    expect(lines).toEqual([
      'cdn: nothing is sent; the ids and tags differ in each run',
      `read          GET ${server.url}/api/content/1001`,
      'x-site: <env:SITE>',
      agent,
      'hard key      PURGE https://api.cdn.invalid/api/content/1001',
      agent,
      'hard tag      PURGE https://api.cdn.invalid/',
      'x-tag: race-1a2b3c-tag-race-1a2b3c-1',
      'authorization: Bearer <env:CDN_TOKEN>',
      agent,
      '',
    ]);
    const asJson = await races({ url: server.url, purge, more }, [...words, '--json'], env);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      dryRun: [{ name: 'cdn', requests: [{ kind: 'read' }, { kind: 'hard key' }, { kind: 'hard tag' }] }],
    });
    expect(server.received).toEqual([]);
  });

  it.each<[string, LiveFile, readonly string[], string]>([
    [
      'a host that was not named',
      { url: 'https://cdn.invalid' },
      [],
      'cdn: live.url: cdn.invalid is not this machine; --allow-external cdn.invalid lets',
    ],
    ['a host that was not named, in a dry run', { url: 'https://cdn.invalid' }, ['--dry-run'], '--allow-external cdn.invalid lets'],
    ['a host that is not known', { url: 'https://cdn.invalid' }, ['--allow-external', 'cdn.invalid'], 'no address of cdn.invalid is known'],
    [
      'a public address by http:',
      { url: 'http://192.0.2.1' },
      ['--allow-external', '192.0.2.1'],
      'is a public address; expected https:, got http:',
    ],
    [
      'a public address by http:, in a dry run',
      { url: 'http://192.0.2.1' },
      ['--allow-external', '192.0.2.1', '--dry-run'],
      'is a public address; expected https:, got http:',
    ],
    [
      'the address of the secrets of a cloud',
      { url: 'http://169.254.169.254' },
      ['--allow-external', '169.254.169.254'],
      'is no address of a cache',
    ],
    ['every host', { url: 'https://cdn.invalid' }, ['--allow-external', '*'], '--allow-external: expected a host such as'],
    ['more requests than 20 a second', {}, ['--rate', '21'], 'expected a whole number from 1 to 20'],
    ['no requests', {}, ['--rate', '0'], 'expected a whole number from 1 to 20'],
    ['a rate that is none', {}, ['--rate', '1e1'], 'expected a whole number from 1 to 20'],
    ['a wide purge', { purge: '{ hard: { all: PURGE / } }' }, [], '--allow-wide-purge allows that; --purge key needs no permission'],
    ['a secret that is not there', { purge: PURGE }, [], 'expected CDN_TOKEN in the environment, got nothing'],
    ['a configuration of its own', {}, ['--config', '/dev/null'], '--config: cdn is a live target and has its own configuration'],
  ])('are 104 for %s', async (_what, file, words, message) => {
    const { code, stdout, stderr } = await races(file, words);
    expect([code, stdout, stderr]).toEqual([104, '', expect.stringContaining(message)]);
  });

  it('have no dry run where nothing is live', async () => {
    const { code, stderr } = await startProgram(['races', 'edgesync', '--dry-run']).ended;
    expect([code, stderr]).toEqual([104, expect.stringContaining('--dry-run: expected a live target')]);
  });

  it('are 2 where our upstream cannot listen at its place', async () => {
    const taken = await countingServer();
    const { code, stderr } = await races({ port: taken.port });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`the lab's upstream cannot listen at 127.0.0.1:${taken.port} (EADDRINUSE)`),
    ]);
  });

  it('are stopped by a signal: what waits is not sent', async () => {
    const held = await countingServer(() => {});
    const path = join(await ownFolder(), 'cdn.yaml');
    await writeFile(path, liveText({ url: held.url, port: await freePort() }));
    const running = startProgram(['races', path]);
    await expect.poll(() => held.received.length, { timeout: RACES_MS_MAX }).toBe(1);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(105);
    expect(held.received).toHaveLength(1);
  });
});
