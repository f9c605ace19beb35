/** An edge as a process: its environment, and what signals do to a service. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { edgeMetrics } from '../protocol/edge-api.ts';
import { sleep, systemClock } from '../runtime/clock.ts';
import { exchange } from '../runtime/testing/http.ts';
import { holdRequest, untilClosed, withProcess } from '../runtime/testing/lifecycle.ts';

const main = new URL('./main.ts', import.meta.url);
const TOKEN = 'a token';
const STOPPED_MS = 600;
/** No origin listens there: an edge starts without one. */
const GOOD = {
  REGION_NAME: 'us-east',
  EDGE_PORT: '0',
  REDIS_URL: 'memory:',
  KAFKA_BROKERS: 'memory:',
  ORIGIN_URL: 'http://127.0.0.1:9',
  ADMIN_TOKEN: TOKEN,
} as const;
const CHANGE = { method: 'PUT', path: '/admin/config', headers: { authorization: `Bearer ${TOKEN}` }, body: { strategy: 'lazy' } } as const;

describe('an edge as a process', () => {
  it('exits 78 with every bad value of its environment on a line of its own, and no secret', () =>
    withProcess(
      {
        main,
        environment: { EDGE_PORT: 'x', PROPAGATION_DELAY: '-1', INVALIDATION_STRATEGY: 'slow', REDIS_URL: 'memcached://:s3cret@redis' },
      },
      async ({ ended }) => {
        const { code, text, standardOutput } = await ended;
        expect(code, text).toBe(78);
        const keys = text.split('\n').map((line) => line.match(/^ {2}([A-Z_]+): /)?.[1]);
        expect(keys).toEqual([
          undefined,
          ...['REGION_NAME', 'EDGE_PORT', 'PROPAGATION_DELAY', 'INVALIDATION_STRATEGY', 'REDIS_URL', 'KAFKA_BROKERS', 'ORIGIN_URL'],
        ]);
        expect(text).not.toMatch(/s3cret|at file:/);
        expect(standardOutput).toBe('');
      },
    ));

  it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s and ends with 0', (signal) =>
    withProcess({ main, environment: GOOD }, async ({ port, ended, kill }) => {
      expect(await exchange(await port, { path: '/health' })).toMatchObject({
        status: 200,
        json: { status: 'degraded', region: 'us-east' },
      });
      kill(signal);
      expect(await ended).toMatchObject({ code: 0, standardOutput: '' });
    }),
  );

  it('tells how long it stood still, and when that was, by its own clock', () =>
    withProcess({ main, environment: GOOD }, async ({ port, kill }) => {
      const at = await port;
      kill('SIGSTOP');
      await sleep(systemClock, STOPPED_MS);
      kill('SIGCONT');
      const metrics = edgeMetrics.strict().parse((await exchange(at, { path: '/metrics' })).json);
      const told = metrics.process?.eventLoop;
      expect(Math.max(...(told?.spells ?? []).map(({ lateMs }) => lateMs))).toBeGreaterThan(STOPPED_MS / 2);
      expect(told?.lateMs).toBeGreaterThan(STOPPED_MS / 2);
      const { text } = await exchange(at, { path: '/metrics', headers: { accept: 'text/plain' } });
      const seconds = Number(text.match(/^edgesync_edge_event_loop_late_seconds_total\{region="us-east"\} (.*)$/m)?.[1]);
      expect(seconds * 1_000).toBeGreaterThan(STOPPED_MS / 2);
      expect(text).toMatch(/^edgesync_edge_event_loop_late_seconds_max\{/m);
    }));

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 when %s comes while it starts', (signal) =>
    withProcess({ main, environment: GOOD }, async ({ starting, ended, kill }) => {
      await starting;
      kill(signal);
      expect(await ended).toMatchObject({ code: 0 });
    }),
  );

  it.each(['SIGTERM', 'SIGINT'] as const)('answers the request in flight at %s before it ends', (signal) =>
    withProcess({ main, environment: GOOD }, async (service) => {
      const held = await holdRequest(await service.port, CHANGE);
      service.kill(signal);
      await untilClosed(await service.port);
      held.finish();
      expect(await held.answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(await service.ended).toMatchObject({ code: 0 });
    }),
  );

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('leaves at once at the second signal, %s', (signal, code) =>
    withProcess({ main, environment: GOOD }, async (service) => {
      const held = await holdRequest(await service.port, CHANGE);
      service.kill('SIGTERM');
      await untilClosed(await service.port);
      service.kill(signal);
      expect(await service.ended).toMatchObject({ code });
      expect(await held.answer).toBe('');
    }),
  );

  it('exits 1 with the reason when its port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await withProcess({ main, environment: { ...GOOD, EDGE_PORT: String(port) } }, async ({ ended }) => {
      expect(await ended).toMatchObject({ code: 1, text: expect.stringContaining(`EADDRINUSE: address already in use 127.0.0.1:${port}`) });
    });
    taken.close();
  });
});
