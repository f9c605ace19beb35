/** An upstream as a process: its environment, its two ports, and what signals do to it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FETCH_HEADER, RUN_HEADER, upstreamMetrics } from '../protocol/upstream-api.ts';
import { exchange } from '../runtime/testing/http.ts';
import { withProcess } from '../runtime/testing/lifecycle.ts';

const main = new URL('./main.ts', import.meta.url);
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** An origin with one content; `silent`: one that takes requests, and answers none. */
async function origin(silent = false): Promise<string> {
  const server = createServer((asked, answer) => {
    if (silent) return;
    const isThere = asked.url === '/api/content/7';
    answer.writeHead(isThere ? 200 : 404, { 'content-type': 'application/json' });
    answer.end(isThere ? '{"data":{"version":1,"tags":["news"]}}' : '{"version":0}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Where it is asked, as its log says. */
const askedAt = (text: string) => Number(/"upstreamPort":(\d+)/.exec(text)?.[1]);

describe('an upstream as a process', () => {
  it('exits 78 with every bad value of its environment on a line of its own', () =>
    withProcess({ main, environment: { LIFETIME: '-1', TAGS_OF_304: 'no', UPSTREAM_PORT: '70000' } }, async ({ ended }) => {
      const { code, text } = await ended;
      expect(code, text).toBe(78);
      const keys = text.split('\n').map((line) => line.match(/^ {2}([A-Z0-9_]+): /)?.[1]);
      expect(keys).toEqual([undefined, 'UPSTREAM_PORT', 'ORIGIN_URL', 'LIFETIME', 'TAGS_OF_304']);
    }));

  it.each(['SIGTERM', 'SIGINT'] as const)('stamps what it answers, counts it, and ends at %s with 0', async (signal) => {
    const environment = { UPSTREAM_PORT: '0', STATUS_PORT: '0', ORIGIN_URL: await origin(), LIFETIME: '60', MISSING_LIFETIME: '3' };
    await withProcess({ main, environment }, async ({ port, output, ended, kill }) => {
      const status = await port;
      const upstream = askedAt(output());
      const health = await exchange(status, { path: '/health' });
      const found = await exchange(upstream, { path: '/api/content/7' });
      expect(found).toMatchObject({ status: 200, json: { data: { version: 1 } } });
      expect(found.headers).toMatchObject({ 'cache-control': 'public, max-age=60', [FETCH_HEADER]: '1', xkey: 'content-7 all news' });
      expect(health.json).toEqual({ status: 'ok', run: found.headers[RUN_HEADER] });
      const missing = await exchange(upstream, { path: '/api/content/8' });
      expect([missing.status, missing.headers['cache-control']]).toEqual([404, 'public, max-age=3']);
      const { json } = await exchange(status, { path: '/metrics' });
      expect(upstreamMetrics.parse(json).fetches).toEqual({ asked: 2, failed: 0 });
      const scrape = await exchange(status, { path: '/metrics', headers: { accept: 'text/plain' } });
      expect(scrape.text).toContain('edgesync_upstream_fetches_total 2');
      kill(signal);
      expect(await ended).toMatchObject({ code: 0 });
    });
  });

  it('answers 502 where its origin does not answer in its time, and counts that', async () => {
    const environment = { UPSTREAM_PORT: '0', STATUS_PORT: '0', ORIGIN_URL: await origin(true), FETCH_DEADLINE: '200' };
    await withProcess({ main, environment }, async ({ port, output }) => {
      const status = await port;
      expect((await exchange(askedAt(output()), { path: '/api/content/7' })).status).toBe(502);
      const { json } = await exchange(status, { path: '/metrics' });
      expect(upstreamMetrics.parse(json).fetches).toEqual({ asked: 1, failed: 1 });
    });
  });
});
