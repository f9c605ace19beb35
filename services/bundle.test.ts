/**
 * What the image of the services holds: the bundle that the build leaves in dist/service, run where nothing is
 * installed.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { exchangeRaw } from './runtime/testing/http.ts';

const BUNDLE = resolve(import.meta.dirname, '../dist/service');
const BYTES_MAX = 8 * 1024 * 1024;
const BAD_CONFIG = 78;

/** A copy far from any node_modules, as in the image. */
async function withBundle<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-bundle-'));
  try {
    await cp(BUNDLE, folder, { recursive: true });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

const EDGE = {
  REGION_NAME: 'here',
  EDGE_PORT: '0',
  REDIS_URL: 'memory:',
  KAFKA_BROKERS: 'memory:',
  ORIGIN_URL: 'http://127.0.0.1:9',
} as const;

/** As the image's ENTRYPOINT does: `node edge`, in the folder. */
function run(folder: string, service: string, environment: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(process.execPath, [service], {
    cwd: folder,
    env: { ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  const port = new Promise<string>((listening, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
      const [, found] = /"port":(\d+)/.exec(stderr) ?? [];
      if (found !== undefined) listening(found);
    });
    child.once('close', () => reject(new Error(`ended before it listened: ${stderr}`)));
  });
  port.catch(() => {});
  const ended = new Promise<Ended>((resolve) => void child.once('close', (code) => resolve({ code, stderr })));
  return { child, port, ended };
}

describe('the bundle of the services', () => {
  it('is small, and holds what its Dockerfile copies', async () => {
    const names = await readdir(BUNDLE);
    expect(names).toEqual(
      expect.arrayContaining(['Dockerfile', 'edge.js', 'health.js', 'origin.js', 'package.json', 'purger.js', 'schema.sql', 'upstream.js']),
    );
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(BUNDLE, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BYTES_MAX);
    expect(await readFile(join(BUNDLE, 'Dockerfile'), 'utf8')).toContain(
      await readFile(resolve(import.meta.dirname, 'Dockerfile'), 'utf8'),
    );
  });

  it.each([
    ['origin', 'KAFKA_BROKERS'],
    ['edge', 'KAFKA_BROKERS'],
    ['purger', 'KAFKA_BROKERS'],
    ['upstream', 'ORIGIN_URL'],
  ])('loads the %s where nothing is installed, and it says what it was not told', async (service, missing) => {
    await withBundle(async (folder) => {
      expect(await run(folder, service, {}).ended).toEqual({
        code: BAD_CONFIG,
        stderr: expect.stringContaining(`${missing}: required`),
      });
    });
  });

  it('serves, passes its own health check, and ends in order at SIGTERM', async () => {
    await withBundle(async (folder) => {
      const { child, port, ended } = run(folder, 'edge', EDGE);
      try {
        const health = await promisify(execFile)(process.execPath, ['health.js'], { cwd: folder, env: { EDGE_PORT: await port } });
        expect(health.stdout).toBe('expected 200 from /health, got 200\n');
      } finally {
        child.kill('SIGTERM');
      }
      expect(await ended).toMatchObject({ code: 0 });
    });
  });

  // Node warns of its old URL parser, once, where a program calls it that is no package: a bundle is none.
  it.each(['http://127.0.0.1/health', 'http://evil.example/health', '/health#part', '/health?%'])(
    'says nothing but its log when it is asked for %s',
    async (target) => {
      await withBundle(async (folder) => {
        const { child, port, ended } = run(folder, 'edge', EDGE);
        try {
          await exchangeRaw(Number(await port), `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
        } finally {
          child.kill('SIGTERM');
        }
        const { stderr } = await ended;
        expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
      });
    },
  );
});
