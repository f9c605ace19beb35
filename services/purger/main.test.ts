/** A purger as a process: its environment, its file, and what signals do to it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exchange } from '../runtime/testing/http.ts';
import { withProcess } from '../runtime/testing/lifecycle.ts';

const main = new URL('./main.ts', import.meta.url);
/** No cache listens there: a purger starts without one. */
const GOOD = {
  REGION_NAME: 'eu-west',
  PURGER_PORT: '0',
  CACHE_URL: 'http://127.0.0.1:9',
  PURGES: '{"hard":{"key":"PURGE /api/content/<id>"}}',
  KAFKA_BROKERS: 'memory:',
} as const;

async function withFile(use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-purger-'));
  try {
    await use(join(folder, 'positions.json'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('a purger as a process', () => {
  it('exits 78 with every bad value of its environment on a line of its own, and no secret', () =>
    withProcess(
      { main, environment: { PURGES: '{"authorization":"Bearer s3cret"}', DELIVER: 'twice', PURGE_DEADLINE: '0' } },
      async ({ ended }) => {
        const { code, text, standardOutput } = await ended;
        expect(code, text).toBe(78);
        const keys = text.split('\n').map((line) => line.match(/^ {2}([A-Z_]+): /)?.[1]);
        const bad = ['REGION_NAME', 'CACHE_URL', 'PURGES', 'DELIVER', 'PURGE_DEADLINE', 'POSITION_FILE', 'KAFKA_BROKERS'];
        expect(keys).toEqual([undefined, ...bad]);
        expect(text).not.toMatch(/s3cret|at file:/);
        expect(standardOutput).toBe('');
      },
    ));

  it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s and ends with 0', (signal) =>
    withFile((file) =>
      withProcess({ main, environment: { ...GOOD, POSITION_FILE: file } }, async ({ port, ended, kill }) => {
        const { status, json } = await exchange(await port, { path: '/health' });
        expect([status, json]).toMatchObject([200, { region: 'eu-west', log: 'connected', positions: 'stored' }]);
        kill(signal);
        expect(await ended).toMatchObject({ code: 0, standardOutput: '' });
        expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ region: 'eu-west', positions: [] });
      }),
    ),
  );

  it('exits 1 before it does anything where its file is none of a purger, which stays as it is', () =>
    withFile(async (file) => {
      await writeFile(file, 'notes of somebody');
      await withProcess({ main, environment: { ...GOOD, POSITION_FILE: file } }, async ({ ended }) => {
        expect(await ended).toMatchObject({ code: 1, text: expect.stringContaining(`expected the positions of a purger in ${file}`) });
      });
      expect(await readFile(file, 'utf8')).toBe('notes of somebody');
    }));

  it('exits 1 where the folder of its file is missing', () =>
    withFile((file) =>
      withProcess({ main, environment: { ...GOOD, POSITION_FILE: join(file, 'positions.json') } }, async ({ ended }) => {
        expect(await ended).toMatchObject({ code: 1, text: expect.stringContaining('expected a place that can be written at ') });
      }),
    ));
});
