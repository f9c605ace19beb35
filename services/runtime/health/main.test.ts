import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

interface Checked {
  readonly code: number | string | null | undefined;
  readonly said: string;
}

function check(environment: Readonly<Record<string, string>>): Promise<Checked> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN], { env: { ...environment } }, (error, stdout) => resolve({ code: error?.code ?? 0, said: stdout }));
  });
}

/** A server that answers /health as told, on a port of its own. */
async function withService<T>(answer: number | 'nothing', use: (port: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    if (answer === 'nothing') return;
    response.writeHead(request.url === '/health' ? answer : 404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(String(z.object({ port: z.number() }).parse(server.address()).port));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('the health check of a container', () => {
  it.each(['PORT', 'EDGE_PORT'])('passes when the service on %s says it can serve', async (variable) => {
    await withService(200, async (port) => {
      expect(await check({ [variable]: port })).toEqual({ code: 0, said: 'expected 200 from /health, got 200\n' });
    });
  });

  it('fails when the service says it cannot', async () => {
    await withService(503, async (port) => {
      expect(await check({ EDGE_PORT: port })).toEqual({ code: 1, said: 'expected 200 from /health, got 503\n' });
    });
  });

  it('fails by itself, in time, when the service does not answer', async () => {
    await withService('nothing', async (port) => {
      expect(await check({ PORT: port })).toEqual({ code: 1, said: expect.stringMatching(/within 1500 ms, got .*abort/) });
    });
  });

  it('fails when nothing listens', async () => {
    const port = await withService(200, async (free) => free);
    expect(await check({ PORT: port })).toEqual({ code: 1, said: expect.stringMatching(/got .*ECONNREFUSED/) });
  });

  it('fails when it is not told a port', async () => {
    expect(await check({})).toEqual({ code: 1, said: 'expected PORT, EDGE_PORT, PURGER_PORT or STATUS_PORT, got none\n' });
  });
});
