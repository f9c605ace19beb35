/**
 * Origin and edge as processes over the real servers. They are started as a container starts them: by their environment
 * alone.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { exchange } from '../../services/runtime/testing/http.ts';
import { withProcess } from '../../services/runtime/testing/lifecycle.ts';
import { docker, pause } from '../../services/runtime/testing/servers.ts';

const servers = inject('servers');
const edgeMain = new URL('../../services/edge/main.ts', import.meta.url);
const originMain = new URL('../../services/origin/main.ts', import.meta.url);
const POLL = { interval: 50, timeout: 30_000 } as const;
const NOWHERE = '127.0.0.1:9';
const SIGTERM_MS_MAX = 10_000;

/** A region nobody else has: its keys in Redis and its group in Kafka are its own. */
function edgeEnvironment(origin: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    REGION_NAME: `test-${randomUUID()}`,
    EDGE_PORT: '0',
    PROPAGATION_DELAY: '0',
    REDIS_URL: servers?.redisUrl ?? '',
    KAFKA_BROKERS: servers?.kafkaBrokers ?? '',
    ORIGIN_URL: origin,
    LOG_LEVEL: 'info',
    ...more,
  };
}

function originEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PORT: '0', DATABASE_URL: servers?.postgresUrl ?? '', KAFKA_BROKERS: servers?.kafkaBrokers ?? '', LOG_LEVEL: 'info', ...more };
}

async function timed(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

async function createContent(port: number): Promise<string> {
  const body = { title: 'first', slug: `lab-${randomUUID()}`, body: 'text' };
  const { status, json } = await exchange(port, { method: 'POST', path: '/api/content', body });
  expect(status).toBe(201);
  return `/api/content/${(json as { data: { id: number } }).data.id}`;
}

describe.skipIf(servers === undefined)('origin and edge as processes', () => {
  it('carry a write from Postgres through Kafka to the edge’s Redis, and end with 0 within ten seconds of SIGTERM', () =>
    withProcess({ main: originMain, environment: originEnvironment() }, async (origin) => {
      const originPort = await origin.port;
      await expect.poll(async () => (await exchange(originPort, { path: '/health' })).status, POLL).toBe(200);
      const path = await createContent(originPort);
      await withProcess({ main: edgeMain, environment: edgeEnvironment(`http://127.0.0.1:${originPort}`) }, async (edge) => {
        const edgePort = await edge.port;
        await expect.poll(async () => (await exchange(edgePort, { path: '/health' })).json, POLL).toMatchObject({ status: 'ok' });
        const read = () => exchange(edgePort, { path });
        await expect
          .poll(async () => (await read()).json, POLL)
          .toMatchObject({ source: 'cache', status: 'fresh', data: { title: 'first' } });
        expect((await exchange(originPort, { method: 'PUT', path, body: { title: 'second' } })).status).toBe(200);
        await expect.poll(async () => (await read()).json, POLL).toMatchObject({ data: { title: 'second', version: 2 } });
        edge.kill('SIGTERM');
        expect(await timed(edge.ended)).toBeLessThan(SIGTERM_MS_MAX);
        expect(await edge.ended).toMatchObject({ code: 0 });
      });
      origin.kill('SIGTERM');
      expect(await timed(origin.ended)).toBeLessThan(SIGTERM_MS_MAX);
      expect(await origin.ended).toMatchObject({ code: 0 });
    }));

  it('end with 0 within ten seconds of SIGTERM while Kafka hangs, with a write still to be published', () =>
    withProcess({ main: originMain, environment: originEnvironment() }, async (origin) => {
      const originPort = await origin.port;
      await expect.poll(async () => (await exchange(originPort, { path: '/health' })).status, POLL).toBe(200);
      await withProcess({ main: edgeMain, environment: edgeEnvironment(`http://127.0.0.1:${originPort}`) }, async (edge) => {
        const caughtUp = async () => (await exchange(await edge.port, { path: '/metrics' })).json;
        await expect.poll(caughtUp, POLL).toMatchObject({ log: { connected: true, catchingUp: false } });
        await pause(servers?.kafkaContainer ?? '');
        try {
          await createContent(originPort);
          origin.kill('SIGTERM');
          edge.kill('SIGTERM');
          expect(await timed(Promise.all([origin.ended, edge.ended]))).toBeLessThan(SIGTERM_MS_MAX);
        } finally {
          await docker('unpause', servers?.kafkaContainer ?? '');
        }
        expect([(await origin.ended).code, (await edge.ended).code]).toEqual([0, 0]);
      });
    }));

  it('serve what they can while nothing they need is there: an origin its writes without Kafka, an edge its reads without both', () =>
    withProcess({ main: originMain, environment: originEnvironment({ KAFKA_BROKERS: NOWHERE }) }, async (origin) => {
      const originPort = await origin.port;
      const path = await createContent(originPort);
      expect((await exchange(originPort, { path: '/health' })).json).toMatchObject({ postgres: 'connected', log: 'disconnected' });
      const away = { KAFKA_BROKERS: NOWHERE, REDIS_URL: `redis://${NOWHERE}` };
      await withProcess({ main: edgeMain, environment: edgeEnvironment(`http://127.0.0.1:${originPort}`, away) }, async (edge) => {
        const edgePort = await edge.port;
        expect(await exchange(edgePort, { path })).toMatchObject({ status: 200, json: { source: 'origin', data: { title: 'first' } } });
        expect(await exchange(edgePort, { path: '/health' })).toMatchObject({
          status: 200,
          json: { status: 'degraded', log: 'disconnected' },
        });
        edge.kill('SIGTERM');
        expect(await timed(edge.ended)).toBeLessThan(SIGTERM_MS_MAX);
        expect(await edge.ended).toMatchObject({ code: 0 });
      });
      origin.kill('SIGTERM');
      expect(await timed(origin.ended)).toBeLessThan(SIGTERM_MS_MAX);
      expect(await origin.ended).toMatchObject({ code: 0 });
    }));

  it('answer 503 without a database, and end with 0 at SIGTERM all the same', () =>
    withProcess({ main: originMain, environment: originEnvironment({ DATABASE_URL: `postgresql://a:b@${NOWHERE}/c` }) }, async (origin) => {
      expect((await exchange(await origin.port, { path: '/api/content/1' })).status).toBe(503);
      origin.kill('SIGTERM');
      expect(await origin.ended).toMatchObject({ code: 0 });
    }));
});
