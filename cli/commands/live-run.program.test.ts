/**
 * `run` over live targets, as users run it: a CDN of two nginx that the lab does not start, and every rail by its
 * option.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EXIT } from '../../lab/errors.ts';
import { countingServer } from '../../lab/rails/testing/counting-server.ts';
import { freePort } from '../../lab/rails/testing/free-port.ts';
import { type LiveFile, liveText, ownOrigin } from '../../lab/rails/testing/live-target.ts';
import { NGINX, type NginxCdnOptions, startNginxCdn } from '../../lab/rails/testing/nginx-cdn.ts';
import { ownOriginServer } from '../../lab/rails/testing/own-origin-server.ts';
import { labEvent, type Summary } from '../../lab/report/events.ts';
import { startProgram } from '../testing/process.ts';
import { hasServer } from '../testing/servers.ts';

const RUN_MS_MAX = 240_000;
const SECRET = 's3cret-of-the-cdn';
const NAIVE = join(import.meta.dirname, '../../lab/targets/testing/naive-cache.mjs');
const PURGE =
  '{ hard: { key: { request: GET /api/content/<id>, headers: { x-refresh: "1", authorization: "Bearer <env:CDN_TOKEN>" } } }, ok: [200, 404] }';
const SMALL = 'workload: { duration: 6s, reads: 9/s, writes: 0.5/s, keys: 2 }\nsettle: 2s\n';
const hasNginx = await hasServer(NGINX);

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-live-run-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

interface RunOptions {
  /** After the title. */
  readonly scenario?: string;
  readonly words?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

async function run(file: LiveFile, { scenario = SMALL, words = [], env = {} }: RunOptions = {}) {
  const folder = await ownFolder();
  const [target, small] = [join(folder, 'cdn.yaml'), join(folder, 'small.yaml')];
  await Promise.all([writeFile(target, liveText(file)), writeFile(small, `version: 1\ntitle: t\n${scenario}`)]);
  const ended = await startProgram(['run', small, '--target', target, '--seed', '1', '--json', ...words], { env }).ended;
  const events = ended.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => labEvent.parse(JSON.parse(line)));
  const summary = events.findLast((event): event is Summary => event.type === 'Summary');
  const verdicts = Object.fromEntries((summary?.checks ?? []).map(({ check, verdict }) => [check, verdict]));
  return { ...ended, events, summary, verdicts, rails: summary?.rails };
}

/** What is not right, but for what a busy machine explains, and what nobody could tell. */
function wrongIn({ summary }: { readonly summary: Summary | undefined }): readonly string[] {
  if (summary === undefined) return ['expected a summary, got none'];
  const explained = /the machine stood still|machine is too slow|which the history does not say|nobody could ask the origin/;
  return summary.checks
    .filter(({ verdict, reason }) => verdict !== 'pass' && !explained.test(reason))
    .map(({ check, reason }) => `${check}: ${reason}`);
}

async function cdn(options: NginxCdnOptions = {}) {
  const started = await startNginxCdn(options);
  onTestFinished(() => started.close());
  return started;
}

/** The cache of a few lines, started by nobody of the lab. */
async function naive(behaviours: readonly string[], backend?: number) {
  const [port, backendPort] = [await freePort(), backend ?? (await freePort())];
  const child = spawn(process.execPath, [NAIVE, String(port), `127.0.0.1:${backendPort}`, ...behaviours], { stdio: 'ignore' });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await once(child, 'exit');
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/nothing`).then(
      () => true,
      () => false,
    );
  await vi.waitUntil(answers, { timeout: 60_000 });
  return { url, port: backendPort, purge: '{ hard: { key: PURGE /api/content/<id> } }' };
}

describe('run over a live target', { timeout: RUN_MS_MAX }, () => {
  it.runIf(hasNginx)('ends with a verdict, at the pace of the rails, and the cache counts what the report says', async () => {
    const edge = await cdn({ perSecond: 20, burst: 10 });
    const out = join(await ownFolder(), 'out');
    const ran = await run({ url: edge.url, port: edge.backendPort, purge: PURGE }, { words: ['--out', out], env: { CDN_TOKEN: SECRET } });
    expect([wrongIn(ran), [EXIT.pass, EXIT.unknown]], ran.stderr).toEqual([[], expect.arrayContaining([ran.code])]);
    await expect.poll(async () => (await edge.requests()).length, { timeout: 60_000 }).toBe(ran.rails?.requests);
    const requests = await edge.requests();
    const purges = requests.filter(({ isRefresh }) => isRefresh);
    expect(purges).toHaveLength(ran.rails?.purges ?? 0);
    expect(new Set(purges.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${SECRET}`]));
    expect(new Set(requests.map(({ userAgent }) => userAgent))).toEqual(
      new Set([expect.stringMatching(/^edgesync-lab\/\S+ \(run; a test of this cache by whoever runs it\)$/)]),
    );
    const spanOf = (of: typeof requests) => Math.max(...of.map(({ begunAt }) => begunAt)) - Math.min(...of.map(({ begunAt }) => begunAt));
    // One may come later than it was sent, so the first or the last may shorten the span.
    expect(spanOf(requests)).toBeGreaterThan(((requests.length - 2) * 1000) / 5);
    expect(spanOf(purges)).toBeGreaterThan((purges.length - 2) * 1000);
    const files = await readdir(out, { recursive: true, withFileTypes: true });
    const written = await Promise.all(files.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'utf8')));
    expect(written.length).toBeGreaterThan(2);
    const all = [ran.stdout, ran.stderr, ...written].join('\n');
    expect(all).not.toContain(SECRET);
    expect(all).toContain('of them purges, to 127.0.0.1 (127.0.0.1), at most 5 a second');
  });

  it.runIf(hasNginx)('fails where an invalidation is lost on the way to the cache', async () => {
    const edge = await cdn();
    const method = "method:\n  - { at: 1s, fault: partition, target: 'purger:eu-west<->edge:eu-west', for: 7s }\n";
    const scenario = `system: { deliver: once }\nworkload: { duration: 8s, reads: 9/s, writes: 0.5/s, keys: 5, skew: 0 }\nsettle: 2s\n${method}`;
    const ran = await run({ url: edge.url, port: edge.backendPort }, { scenario });
    const lost = ran.summary?.checks.find(({ check }) => check === 'lost-invalidation');
    expect(lost?.reason, ran.stderr).toMatch(/^[1-5] of 5 keys are behind the origin after settle/);
    expect([lost?.verdict === 'pass', ran.verdicts['lost-write'], ran.code === EXIT.pass]).toEqual([false, 'pass', false]);
  });

  it.runIf(hasNginx)('is unknown from the first 429 on: nothing more is sent', async () => {
    const edge = await cdn({ perSecond: 1, burst: 20 });
    const ran = await run({ url: edge.url, port: edge.backendPort }, { words: ['--rate', '20'] });
    expect([ran.code, ran.summary?.status], ran.stderr).toEqual([2, 'aborted']);
    expect(ran.summary?.checks.find(({ check }) => check === 'rails')?.reason).toMatch(
      /^stopped: GET \S+ was answered with 429: .*; nothing more was sent$/,
    );
    await expect.poll(async () => (await edge.requests()).length, { timeout: 60_000 }).toBe(ran.rails?.requests);
    expect((await edge.requests()).filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it.runIf(hasNginx)('is unknown from the third 5xx on', async () => {
    const edge = await cdn();
    const method = "method:\n  - { at: 1s, fault: latency, target: 'edge:*<-origin', latency: 4s }\n";
    const ran = await run(
      { url: edge.url, port: edge.backendPort },
      { scenario: `${SMALL.replace('6s', '20s')}checks: [lost-write, divergence]\n${method}` },
    );
    expect([ran.code, ran.summary?.error], ran.stderr).toEqual([2, expect.stringMatching(/^stopped: .* 3 answers of the run were 5xx/)]);
    await expect.poll(async () => (await edge.requests()).filter(({ status }) => status >= 500).length, { timeout: 60_000 }).toBe(3);
  });

  it('sends nothing more in the scenarios after one that a 429 has stopped', async () => {
    const server = await countingServer((answer) => void answer.writeHead(429).end());
    const path = join(await ownFolder(), 'cdn.yaml');
    await writeFile(path, liveText({ url: server.url, port: await freePort() }));
    const { code, stdout } = await startProgram(['run', 'baseline', 'burst', '--target', path]).ended;
    expect([code, server.received.length]).toEqual([2, 1]);
    expect(stdout.match(/STOPPED: stopped: GET \S+ was answered with 429/g)).toHaveLength(2);
  });

  it('is 104 where the cache asks somebody else, after one request', async () => {
    const server = await countingServer((answer) => void answer.end('{"data":{"version":1}}'));
    const port = await freePort();
    const ran = await run({ url: server.url, port });
    expect([ran.code, ran.summary?.error]).toEqual([
      104,
      expect.stringContaining(`the backend of the cache must be 127.0.0.1:${port}, and nothing else`),
    ]);
    expect([server.received.length, ran.rails]).toEqual([1, undefined]);
  });

  it('is 104 where the purge of one content meets another, after that purge', async () => {
    const ran = await run(await naive(['wide']));
    expect([ran.code, ran.summary?.error]).toEqual([
      104,
      expect.stringMatching(/purges more than it names: .*--allow-wide-purge allows this/),
    ]);
  });

  it.runIf(hasNginx)('takes an origin of the user’s own, and a purge API with a body of JSON', async () => {
    const origin = await ownOriginServer();
    const api = await countingServer((answer, { body }) => {
      const [id = ''] = JSON.parse(body).keys;
      const url = `${edge.url}/api/content/${String(id).replace('content-', '')}`;
      void fetch(url, { headers: { 'x-refresh': '1' } }).then(() => answer.writeHead(200).end());
    });
    const edge = await cdn({ backendPort: origin.port });
    const purge =
      '{ hard: { key: { request: POST /purge, headers: { fastly-key: "<env:CDN_TOKEN>" }, body: { keys: ["content-<id>"], auth: { password: "<env:CDN_TOKEN>" } } } }, ok: [200] }';
    const file = {
      url: edge.url,
      purge,
      more: [`purge-url: ${api.url}`],
      origin: ownOrigin(origin.url, ', headers: { cookie: "<env:CMS>" }'),
    };
    const scenario = `${SMALL.replace('6s', '8s')}checks: [lost-write, lost-invalidation, stale-after-bound, divergence, misdated]\n`;
    const ran = await run(
      { ...file, read: '/api/content/<id>', version: 'version' },
      { scenario, env: { CDN_TOKEN: SECRET, CMS: SECRET } },
    );
    expect([wrongIn(ran), ran.code, ran.verdicts['misdated']], `${ran.stderr}${ran.stdout}`).toEqual([[], EXIT.unknown, 'unknown']);
    expect(ran.summary?.checks.find(({ check }) => check === 'misdated')?.reason).toContain('when the origin was asked for each answer');
    expect(origin.writes()).toHaveLength(ran.rails?.writes ?? 0);
    expect(origin.writes().every(({ headers, body }) => headers.cookie === SECRET && /"slug":"run-\w+-/.test(body))).toBe(true);
    expect(api.received).toHaveLength(ran.rails?.purges ?? 0);
    expect(api.received.every(({ body }) => JSON.parse(body).auth.password === SECRET)).toBe(true);
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(SECRET);
  });

  it('reads what an origin of the user’s own holds, where its file says how, and judges writes and labels by it', async () => {
    const origin = await ownOriginServer();
    const { url, purge } = await naive(['fenced'], origin.port);
    const file = { url, purge, origin: ownOrigin(origin.url, ', read: GET /api/content/<id>') };
    // With all checks that a scenario has by itself.
    const ran = await run({ ...file, version: 'version' }, { scenario: SMALL.replace('6s', '8s') });
    expect([wrongIn(ran), [EXIT.pass, EXIT.unknown]], `${ran.stderr}${ran.stdout}`).toEqual([[], expect.arrayContaining([ran.code])]);
    expect(ran.summary?.checks.filter(({ reason }) => /which the history does not say/.test(reason))).toEqual([]);
    expect(ran.verdicts).toMatchObject({ 'lost-write': 'pass', misdated: 'pass' });
    expect(ran.summary?.checks.find(({ check }) => check === 'lost-write')?.reason).toMatch(/^0 of \d keys have an older version/);
  });

  it('fails where an origin of the user’s own answers the cache what it holds no longer', async () => {
    const origin = await ownOriginServer({ showsUpTo: 2 });
    const { url, purge } = await naive(['fenced'], origin.port);
    const scenario = `${SMALL.replace('6s', '16s')}checks: [lost-write, misdated]\n`;
    const read = ', read: GET /api/content/<id>';
    const ran = await run({ url, purge, origin: ownOrigin(origin.url, read), version: 'version' }, { scenario });
    expect([ran.code, ran.verdicts], `${ran.stderr}${ran.stdout}`).toEqual([EXIT.violated, { 'lost-write': 'pass', misdated: 'fail' }]);
    const found = ran.events.find((event) => event.type === 'Anomaly');
    expect(found?.explain).toContain('by its label: the label is wrong, or the origin answered a version that it no longer holds');
  });

  it.runIf(hasNginx)('fails where an origin of the user’s own says that it has a write, and has not', async () => {
    const origin = await ownOriginServer({ keepsUpTo: 2 });
    const edge = await cdn({ backendPort: origin.port });
    const scenario = `${SMALL.replace('6s', '12s')}checks: [lost-write]\n`;
    const read = ', read: GET /api/content/<id>';
    const ran = await run({ url: edge.url, origin: ownOrigin(origin.url, read), version: 'version' }, { scenario });
    expect([ran.code, ran.verdicts['lost-write']], `${ran.stderr}${ran.stdout}`).toEqual([EXIT.violated, 'fail']);
    const unread = await run({ url: edge.url, origin: ownOrigin(origin.url), version: 'version' }, { scenario });
    const lost = unread.summary?.checks.find(({ check }) => check === 'lost-write');
    expect([unread.code, lost?.reason]).toEqual([EXIT.unknown, 'nothing to judge: nobody could ask the origin what it holds']);
  });

  it.runIf(hasNginx)('is 104 where the origin itself is not read as its file says', async () => {
    const origin = await ownOriginServer();
    const edge = await cdn({ backendPort: origin.port });
    const read = ', read: GET /elsewhere/<id>';
    const ran = await run({ url: edge.url, origin: ownOrigin(origin.url, read), version: 'version' });
    expect([ran.code, ran.summary?.error]).toEqual([
      104,
      expect.stringContaining('the origin itself was read as a 404 of a new content, expected version 1: live.origin.read'),
    ]);
  });

  it('prints each kind of request with --dry-run, and sends and looks up nothing', async () => {
    const server = await countingServer();
    const purge = '{ hard: { key: { request: POST /purge, body: { keys: ["<id>"], token: "<env:CDN_TOKEN>" } }, all: PURGE / } }';
    const more = ['purge-url: https://api.cdn.invalid'];
    const words = ['--allow-external', 'api.cdn.invalid', '--dry-run'];
    const file = { url: server.url, purge, more, origin: ownOrigin(server.url, ', read: GET /raw/<id>') };
    const ran = await run(file, { words, scenario: SMALL.replace('9/s', '90/s'), env: { CDN_TOKEN: SECRET } });
    const plan = ran.events.find((event) => event.type === 'Plan');
    expect([ran.code, ran.stderr, server.received]).toEqual([0, '', []]);
    expect(plan?.requests?.map(({ kind, method, url, body }) => [kind, method, url, body])).toEqual([
      ['create', 'PUT', `${server.url}/api/content/1001`, expect.stringContaining('"version":1')],
      ['update', 'PUT', `${server.url}/api/content/1001`, expect.stringContaining('"version":1')],
      ['delete', 'DELETE', `${server.url}/api/content/1001`, undefined],
      ['look', 'GET', `${server.url}/raw/1001`, undefined],
      ['read', 'GET', `${server.url}/api/content/1001`, undefined],
      ['hard key', 'POST', 'https://api.cdn.invalid/purge', '{"keys":["1001"],"token":"<env:CDN_TOKEN>"}'],
    ]);
    expect(plan?.notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^slowed down to the limits of the rails/),
        'not sent, because they may purge contents of others: hard all',
      ]),
    );
    expect(ran.stdout).not.toContain(SECRET);
  });

  it.each<[string, LiveFile, RunOptions, string]>([
    ['a host that was not named', { url: 'https://cdn.invalid' }, {}, '--allow-external cdn.invalid lets'],
    ['an origin that was not named', { origin: ownOrigin('https://cms.invalid') }, {}, 'live.origin.url: cms.invalid is not this machine'],
    [
      'a host that is not known',
      { url: 'https://cdn.invalid' },
      { words: ['--allow-external', 'cdn.invalid'] },
      'no address of cdn.invalid is known',
    ],
    ['a public address by http:', { url: 'http://192.0.2.1' }, { words: ['--allow-external', '192.0.2.1'] }, 'expected https:, got http:'],
    [
      'the address of the secrets of a cloud',
      { url: 'http://169.254.169.254' },
      { words: ['--allow-external', '169.254.169.254'] },
      'is no address of a cache',
    ],
    [
      'a wide purge alone',
      { purge: '{ hard: { all: PURGE / } }' },
      {},
      'hard all may purge contents of others; --allow-wide-purge allows that',
    ],
    [
      'a body that means everything',
      { purge: '{ hard: { key: { request: POST /, body: { id: "<id>", purge_everything: true } } } }' },
      {},
      'hard key may purge contents of others',
    ],
    ['a secret that is not there', { purge: PURGE }, {}, 'expected CDN_TOKEN in the environment, got nothing'],
    [
      'a kill of the cache',
      {},
      { scenario: `${SMALL}method:\n  - { at: 1s, fault: kill, target: 'edge:eu-west' }\n` },
      'cdn is a live target, so the lab cannot kill it',
    ],
    ['more requests than a run has', {}, { words: ['--duration', '30m'] }, 'above the 2000 that are allowed; --duration'],
    ['a configuration of its own', {}, { words: ['--config', '/dev/null'] }, '--config: cdn is a live target'],
  ])('is 104 for %s, before anything is sent', async (_what, file, options, message) => {
    const server = await countingServer();
    const ran = await run({ url: server.url, ...file }, options);
    expect([ran.code, ran.summary?.error]).toEqual([104, expect.stringContaining(message)]);
    expect([server.received, ran.summary?.rails]).toEqual([[], undefined]);
  });

  it('says which scenarios can run, where one cannot', async () => {
    const path = join(await ownFolder(), 'cdn.yaml');
    await writeFile(path, liveText());
    const { code, stdout } = await startProgram(['run', 'edge-crash', '--target', path]).ended;
    expect([code, stdout]).toEqual([
      104,
      expect.stringMatching(/over cdn can run: baseline, .*purge-answer-lost, .*written-while-fetched/),
    ]);
  });

  it('is no part of a world that goes on: up refuses it', async () => {
    const path = join(await ownFolder(), 'cdn.yaml');
    await writeFile(path, liveText());
    const { code, stderr } = await startProgram(['up', '--target', path]).ended;
    expect([code, stderr]).toEqual([104, expect.stringContaining('cdn is a live target, which only races and run accept')]);
  });

  it('is stopped by a signal: what waits is not sent', async () => {
    const held = await countingServer(() => {});
    const path = join(await ownFolder(), 'cdn.yaml');
    await writeFile(path, liveText({ url: held.url, port: await freePort() }));
    const running = startProgram(['run', 'baseline', '--target', path]);
    await expect.poll(() => held.received.length, { timeout: RUN_MS_MAX }).toBe(1);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(105);
    expect(held.received).toHaveLength(1);
  });
});
