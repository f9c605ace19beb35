/** An engine that was there and hangs now: what it is asked ends, with what was asked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { WorldFailed } from '../../errors.ts';
import { Engine } from './engine.ts';

const MINUTE_MS = 60_000;
/** As far as its facts are read. */
const CONTAINER = { Id: 'one', State: { Running: true }, Config: { Env: [] }, NetworkSettings: { Networks: {} }, HostConfig: {} };

let folder: string;
let server: Server;
/** Of the requests that hang. */
let asked: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-engine-'));
  asked = [];
  server = createServer(({ method, url = '' }, response) => {
    if (url.endsWith('/_ping')) response.end('OK');
    else asked.push(`${method} ${url}`);
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'engine.sock'), resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

it.each<[string, (engine: Engine) => Promise<unknown>]>([
  ['container one', (engine) => engine.container('one')],
  ['list containers', (engine) => engine.containers('project')],
  ['pause', (engine) => engine.pause('one')],
  ['start', (engine) => engine.start('one')],
  ['kill', (engine) => engine.kill('one')],
  ['remove container', (engine) => engine.removeContainer('one')],
  ['remove network one', (engine) => engine.removeNetwork('one')],
  ['connect', (engine) => engine.connect('one', { networkId: 'net', address: '10.0.0.1', aliases: [] })],
  ['logs', (engine) => engine.logs('one')],
  ['exec', (engine) => engine.execute('one', ['true'])],
  ['image one', (engine) => engine.image('one')],
  [
    'events',
    (engine) =>
      engine.watchEnds(
        'project',
        () => {},
        () => {},
      ),
  ],
])('%s fails after a minute without an answer', async (what, ask) => {
  const clock = new VirtualClock();
  const engine = await Engine.connect({ DOCKER_HOST: `unix://${join(folder, 'engine.sock')}` }, clock);
  const answer = ask(engine).then(
    () => 'an answer',
    (error: unknown) => error,
  );
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  // To remove a container takes two questions.
  await clock.advance(2 * MINUTE_MS);
  const error = await answer;
  expect(error).toBeInstanceOf(WorldFailed);
  expect(String(error)).toContain(`${what}: the Docker engine: no answer after 60000 ms`);
});

it('a command that says nothing more, and does not end, fails after five minutes', async () => {
  server.removeAllListeners('request');
  server.on('request', ({ url = '' }: IncomingMessage, response) => {
    if (url.endsWith('/_ping')) return response.end('OK');
    if (url.endsWith('/start')) return response.write(Buffer.from([1, 0, 0, 0, 0, 0, 0, 2, ...Buffer.from('up')]));
    return response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ Id: 'two' }));
  });
  const clock = new VirtualClock();
  const engine = await Engine.connect({ DOCKER_HOST: `unix://${join(folder, 'engine.sock')}` }, clock);
  let heard = '';
  const ended = engine.execute('one', ['sleep', 'infinity'], (output) => {
    heard = output;
  });
  const failed = expect(ended).rejects.toThrow('exec: the Docker engine: no answer after 300000 ms');
  await expect.poll(() => heard).toBe('up');
  await clock.advance(5 * MINUTE_MS);
  await failed;
});

describe('a network', () => {
  /** Answers as an engine that does not let go of `endpoints` before they are disconnected. */
  function holding(endpoints: Record<string, string>, living: readonly string[]): void {
    const left = new Map(Object.entries(endpoints));
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response) => {
      const { method, url = '' } = request;
      const answer = (status: number, body: unknown = {}) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      asked.push(`${method} ${url}`);
      if (url.endsWith('/_ping')) return answer(200);
      if (url.startsWith('/containers/')) return answer(living.some((one) => url.includes(`/${one}/`)) ? 200 : 404, CONTAINER);
      if (method === 'GET') return answer(200, { Containers: Object.fromEntries([...left].map(([id, Name]) => [id, { Name }])) });
      if (method === 'DELETE') return left.size > 0 ? answer(403, { message: 'network net has active endpoints' }) : answer(204);
      void json(request).then((body) => {
        const { Container } = z.object({ Container: z.string(), Force: z.literal(true) }).parse(body);
        for (const [id, name] of left) if (name === Container) left.delete(id);
        answer(200);
      });
    });
  }

  const removal = async () => (await Engine.connect({ DOCKER_HOST: `unix://${join(folder, 'engine.sock')}` })).removeNetwork('net');

  it('is removed where the engine still holds the endpoints of containers that are gone', async () => {
    holding({ 'ep-1': 'project-edge-1', two: 'project-edge-2' }, []);
    await removal();
    expect(asked.filter((one) => one.startsWith('DELETE'))).toHaveLength(2);
  });

  it('stays where a container is in it, and nobody takes that off', async () => {
    holding({ one: 'somebody' }, ['one']);
    await expect(removal()).rejects.toThrow('remove network net: network net has active endpoints');
    expect(asked.filter((one) => one.includes('disconnect'))).toEqual([]);
  });
});
