/**
 * Races of live targets: a CDN of two nginx, which counts and limits what it is asked, and a cache of a few lines that
 * is wrong in several ways.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { systemRandom } from '../../services/runtime/random.ts';
import type { Rails } from '../rails/rails.ts';
import { countingServer } from '../rails/testing/counting-server.ts';
import { freePort } from '../rails/testing/free-port.ts';
import { type LiveFile, liveTarget, type OpenedRails, ownOrigin, railsOver } from '../rails/testing/live-target.ts';
import { NGINX, type NginxCdnOptions, startNginxCdn } from '../rails/testing/nginx-cdn.ts';
import type { Race } from './race.ts';
import { raceTarget } from './race-target.ts';
import { RACES } from './races.ts';

const NAIVE = join(import.meta.dirname, '../targets/testing/naive-cache.mjs');
const hasNginx = existsSync(NGINX);

const named = (...names: readonly string[]) => RACES.filter(({ name }) => names.includes(name));

interface RaceOptions extends OpenedRails {
  readonly races?: typeof RACES;
}

async function race(file: LiveFile, { races = named('plain', 'in-head'), ...options }: RaceOptions = {}) {
  const target = liveTarget(file);
  const { takes = () => true, signal = new AbortController().signal } = options;
  const rails: Rails = await railsOver([target], options);
  try {
    const shared = { clock: systemClock, random: systemRandom, variables: {}, signal, takes };
    const raced = await raceTarget({ target, rails, races, onResult: () => {}, ...shared });
    return { ...raced, report: rails.report(), outcomes: Object.fromEntries(raced.results.map((one) => [one.race, one.outcome])) };
  } finally {
    rails.close();
  }
}

async function cdn(options: NginxCdnOptions = {}) {
  const started = await startNginxCdn(options);
  onTestFinished(() => started.close());
  return started;
}

describe.runIf(hasNginx)('races of a CDN of two nginx', () => {
  it('come out as those of nginx, at the pace of the rails, and it counts what they say they have sent', async () => {
    const perSecond = 5;
    const edge = await cdn({ perSecond: 10, burst: 5 });
    const file = { url: edge.url, port: edge.backendPort };
    const raced = await race(file, { rules: { perSecond }, races: named('plain', 'in-head', 'join', 'crowd') });
    expect([raced.selfChecked.mistakes, raced.ended]).toEqual([[], undefined]);
    expect(raced.outcomes).toEqual({ plain: 'ok', 'in-head': 'kept', join: 'kept', crowd: 'ok' });
    await expect.poll(async () => (await edge.requests()).length, { timeout: 60_000 }).toBe(raced.report.requests);
    const requests = await edge.requests();
    expect(requests.filter(({ isRefresh }) => isRefresh)).toHaveLength(raced.report.purges);
    expect(new Set(requests.map(({ userAgent }) => userAgent))).toEqual(new Set(['edgesync-lab/test']));
    expect(requests.filter(({ status }) => status === 429)).toEqual([]);
    const begun = requests.map(({ begunAt }) => begunAt).sort((one, other) => one - other);
    const spanMs = (begun.at(-1) ?? 0) - (begun[0] ?? 0);
    // One may come later than it was sent, so the first or the last may shorten the span.
    expect(spanMs).toBeGreaterThan(((requests.length - 2) * 1000) / perSecond);
    const crowded = raced.results.find(({ race: name }) => name === 'crowd');
    expect(crowded?.why).toMatch(/for 15 readers \(the rails allow so many in 3000 ms\)$/);
  });

  it('end at its first 429: nothing more is sent', async () => {
    const edge = await cdn({ perSecond: 1, burst: 3 });
    const raced = await race({ url: edge.url, port: edge.backendPort });
    expect([raced.results, raced.selfChecked.mistakes]).toEqual([[], []]);
    expect(raced.ended).toMatch(/^stopped: GET \S+ was answered with 429: .*--rate.*nothing more was sent$/);
    await expect.poll(async () => (await edge.requests()).length, { timeout: 60_000 }).toBe(raced.report.requests);
    expect((await edge.requests()).map(({ status }) => status).filter((status) => status === 429)).toEqual([429]);
  });

  it('that asks somebody else are not judged, after one request', async () => {
    const other = await cdn({ extra: 'return 200 "{}";' });
    const edge = await cdn({ backendPort: other.port });
    const port = await freePort();
    const raced = await race({ url: edge.url, port });
    expect(raced.selfChecked.mistakes).toEqual([
      expect.stringContaining(`the backend of the cache must be 127.0.0.1:${port}, and nothing else`),
    ]);
    expect([raced.results, raced.report.requests]).toEqual([[], 1]);
  });

  it('that redirects are not judged, and nobody is asked where it leads', async () => {
    const other = await cdn();
    const edge = await cdn({ extra: `return 302 ${other.url}$request_uri;` });
    const raced = await race({ url: edge.url, port: edge.backendPort });
    expect(raced.selfChecked.mistakes).toEqual([expect.stringContaining('got status 302 without a version')]);
    expect(await other.requests()).toEqual([]);
  });
});

/** The cache of a few lines, started by nobody of the lab. */
async function naive(...behaviours: readonly string[]) {
  const [port, backendPort] = [await freePort(), await freePort()];
  const child: ChildProcess = spawn(process.execPath, [NAIVE, String(port), `127.0.0.1:${backendPort}`, ...behaviours], {
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await once(child, 'exit');
  });
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/nothing`).then(
      () => true,
      () => false,
    );
  await vi.waitUntil(answers, { timeout: 60_000 });
  return { url: `http://127.0.0.1:${port}`, port: backendPort, purge: '{ hard: { key: PURGE /api/content/<id> } }' };
}

describe('races of a live target', () => {
  it('whose purge waits say so, though each purge waits for its turn, too', async () => {
    const raced = await race(await naive('waits'), { races: named('plain', 'in-head', 'refill-twice') });
    expect([raced.selfChecked.mistakes, raced.outcomes]).toEqual([[], { plain: 'ok', 'in-head': 'waits', 'refill-twice': 'waits' }]);
  });

  it('whose purge does not wait do not take the turn of a purge for waiting', async () => {
    const raced = await race(await naive('fenced'), { rules: { perSecond: 1 }, races: named('in-head', 'join') });
    expect([raced.selfChecked.mistakes, raced.outcomes]).toEqual([[], { 'in-head': 'ok', join: 'ok' }]);
    const kept = await race(await naive(), { races: named('in-head', 'join', 'in-404', 'refill-twice') });
    expect(kept.outcomes).toEqual({ 'in-head': 'kept', join: 'kept', 'in-404': 'ok', 'refill-twice': 'kept' });
  });

  it('take a purge API with a body of JSON, whose secrets no witness tells', async () => {
    const { url, port } = await naive();
    const api = await countingServer((answer, { body }) => {
      const [id = ''] = JSON.parse(body).keys;
      void fetch(`${url}/api/content/${id}`, { method: 'PURGE' }).then(() => answer.writeHead(200).end());
    });
    const purge = '{ hard: { key: { request: POST /purge, body: { keys: ["<id>"], token: "<env:TOKEN>" } } } }';
    const file = { url, port, purge, more: [`purge-url: ${api.url}`] };
    const raced = await race(file, { variables: { TOKEN: 's3cret' } });
    expect([raced.selfChecked.mistakes, raced.outcomes]).toEqual([[], { plain: 'ok', 'in-head': 'kept' }]);
    expect(api.received).toHaveLength(raced.report.purges);
    expect(api.received.every(({ body }) => JSON.parse(body).token === 's3cret')).toBe(true);
    const said = JSON.stringify(raced);
    expect([said.includes('<env:TOKEN>'), said.includes('s3cret')]).toEqual([true, false]);
  });

  it('whose origin is the user’s own are refused: they hold the answers of our upstream', async () => {
    await expect(race({ origin: ownOrigin('http://127.0.0.1:9') })).rejects.toThrow("races hold back answers of the lab's upstream");
  });

  it('measure from when something was sent, however long it waited for its turn', async () => {
    const queued: Race = {
      name: 'queued',
      about: 'a read and a purge that wait for longer than anything is waited for',
      run: async (stage, way) => {
        const [content, other] = [await stage.create(), await stage.create()];
        const before = Array.from({ length: 4 }, (_, at) => stage.read(`reader ${at + 1}`, other));
        const hold = await stage.hold(content, 'head');
        const reader = stage.read('reader A', content);
        const isReached = await hold.reached(reader);
        const behind = Array.from({ length: 4 }, (_, at) => stage.read(`reader ${at + 5}`, other));
        const isSoon = await stage.endsSoon(stage.purge(way, content));
        hold.release();
        await Promise.all([reader, ...before, ...behind].map(({ result }) => result));
        return { outcome: isReached && isSoon ? 'ok' : 'waits', why: `reached: ${isReached}, soon: ${isSoon}` };
      },
    };
    const raced = await race(await naive('fenced'), { rules: { perSecond: 1 }, races: [queued] });
    expect(raced.results.map(({ why }) => why)).toEqual(['reached: true, soon: true']);
  });

  it('that has another backend, too, end where an answer has not our stamp', async () => {
    const raced = await race(await naive('strays'));
    expect([raced.results, raced.selfChecked.mistakes]).toEqual([
      [],
      [
        "an answer came without the stamp of the lab's upstream: the cache also asks another server",
        expect.stringContaining('the origin never held version 99 (miss)'),
      ],
    ]);
  });

  it('whose purge of one content meets another are not judged, unless wide purges are allowed', async () => {
    const wide = await race(await naive('wide'));
    expect(wide.selfChecked.mistakes).toEqual([expect.stringMatching(/purges more than it names: .*; --allow-wide-purge allows this$/)]);
    expect([wide.results, wide.report.purges]).toEqual([[], 1]);
    const allowed = await race(await naive('wide'), { rules: { allowsWidePurge: true } });
    expect(allowed.outcomes).toEqual({ plain: 'ok', 'in-head': 'kept' });
  });

  it.each([
    ['that was not empty', 'leftover', 'the cache was not empty at the start'],
    ['that asks somebody else', 'elsewhere', "did not reach the lab's upstream"],
    ['whose purge does nothing', 'deaf', 'does not purge'],
  ])('%s are not judged', async (_what, behaviour, mistake) => {
    const raced = await race(await naive(behaviour));
    expect([raced.results, raced.selfChecked.mistakes]).toEqual([[], [expect.stringContaining(mistake)]]);
  });

  it('that does not answer are not judged, and say why', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const raced = await race({ url, port: await freePort() });
    expect(raced.selfChecked.mistakes).toEqual([
      expect.stringMatching(/and got no answer, GET http:\S+: connect ECONNREFUSED .*: the backend of the cache/),
    ]);
  });

  it('whose place for our upstream is taken do not begin, and say which', async () => {
    const { url, port } = await naive();
    await expect(race({ url, port: Number(new URL(url).port) })).rejects.toThrow(
      /cdn: the lab's upstream cannot listen at 127\.0\.0\.1:\d+ \(EADDRINUSE\)/,
    );
    expect(port).toBeGreaterThan(0);
  });
});
