/** The origin as a process: its environment, its signals. */
import { describe, expect, it } from 'vitest';
import { exchange } from '../runtime/testing/http.ts';
import { holdRequest, untilClosed, withProcess } from '../runtime/testing/lifecycle.ts';

const main = new URL('./main.ts', import.meta.url);
const GOOD = { PORT: '0', DATABASE_URL: 'pglite:', KAFKA_BROKERS: 'memory:' } as const;

describe('the origin as a process', () => {
  it('exits 78 with every bad value of its environment on a line of its own, and no secret', () =>
    withProcess(
      { main, environment: { PORT: 'x', DATABASE_URL: 'mysql://app:s3cret@db:5432/edge', KAFKA_BROKERS: '', LOG_LEVEL: 'INFO' } },
      async ({ ended }) => {
        const { code, text, standardOutput } = await ended;
        expect(code, text).toBe(78);
        const keys = text.split('\n').map((line) => line.match(/^ {2}([A-Z_]+): /)?.[1]);
        expect(keys).toEqual([undefined, ...['PORT', 'DATABASE_URL', 'KAFKA_BROKERS', 'LOG_LEVEL']]);
        expect(text).not.toMatch(/s3cret|at file:/);
        expect(standardOutput).toBe('');
      },
    ));

  // Each start makes a database, 3 s: what signals do in general is shown on the edge, which has none.
  it('serves until SIGTERM, answers the request in flight and ends with 0', () =>
    withProcess({ main, environment: GOOD }, async (service) => {
      const port = await service.port;
      expect(await exchange(port, { path: '/health' })).toMatchObject({ status: 200, json: { status: 'ok' } });
      const { text } = await exchange(port, { path: '/metrics', headers: { accept: 'text/plain' } });
      expect(text).toContain('edgesync_origin_event_loop_late_seconds_total ');
      const held = await holdRequest(port, { method: 'POST', path: '/api/content', body: { title: 't', slug: 's', body: 'b' } });
      service.kill('SIGTERM');
      await untilClosed(port);
      held.finish();
      expect(await held.answer).toMatch(/^HTTP\/1\.1 201 /);
      expect(await service.ended).toMatchObject({ code: 0, standardOutput: '' });
    }));

  it('ends with 0 when SIGINT comes while it starts', () =>
    withProcess({ main, environment: GOOD }, async ({ starting, ended, kill }) => {
      await starting;
      kill('SIGINT');
      expect(await ended).toMatchObject({ code: 0 });
    }));
});
