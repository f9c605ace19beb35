/** An engine that was there and hangs now: what it is asked ends, with what was asked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { WorldFailed } from '../../errors.ts';
import { Engine } from './engine.ts';

const MINUTE_MS = 60_000;

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
