import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../services/protocol/errors.ts';
import { systemClock } from '../../../services/runtime/clock.ts';
import type { Route } from '../../../services/runtime/http.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import { ConnectionFailed, Network } from './network.ts';

const HOST = { allowedHosts: [], log: silentLogger, host: '' };

function get(path: string) {
  return { method: 'GET', path, headers: {} };
}

async function withService(routes: readonly Route[], port = 0) {
  const bugs: unknown[] = [];
  const network = new Network((bug) => bugs.push(bug));
  const server = await network.listen({ ...HOST, routes, port });
  return { network, server, bugs };
}

const ECHO: Route = {
  method: 'GET',
  path: '/api/content/:id',
  handle: ({ params, query }) => ({ status: 200, body: { ...params, ...query } }),
};

describe('a network without sockets', () => {
  it('finds the route of a request, with its parameters and its query', async () => {
    const { network, server } = await withService([ECHO]);
    expect(await network.request(server.port, get('/api/content/7?after=2'))).toEqual({ status: 200, body: { id: '7', after: '2' } });
    expect(await network.request(server.port, get('/api/content'))).toMatchObject({ status: 404, body: { code: 'unknown_route' } });
  });

  it('dates the answers of a server that has a clock, its refusals too', async () => {
    const network = new Network(() => {});
    const clock = { ...systemClock, now: () => Date.UTC(2030, 0, 1, 0, 0, 7, 999) };
    const { port } = await network.listen({ ...HOST, routes: [ECHO], clock, port: 0 });
    for (const path of ['/api/content/7', '/nowhere'])
      expect((await network.request(port, get(path))).headers).toMatchObject({ date: 'Tue, 01 Jan 2030 00:00:07 GMT' });
  });

  it('answers what a service refuses as it says', async () => {
    const refusing: Route = { ...ECHO, handle: () => Promise.reject(new ServiceError('not_found', 'gone', { version: 3 })) };
    const { network, server, bugs } = await withService([refusing]);
    expect(await network.request(server.port, get('/api/content/7'))).toMatchObject({ status: 404, body: { version: 3 } });
    expect(bugs).toEqual([]);
  });

  it('answers 500 for an error that the service did not mean, and tells of it', async () => {
    const bug = new TypeError('not foreseen');
    const { network, server, bugs } = await withService([{ ...ECHO, handle: () => Promise.reject(bug) }]);
    expect(await network.request(server.port, get('/api/content/7'))).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(bugs).toEqual([bug]);
  });

  it('refuses where nobody listens, and breaks what is under way when a server goes', async () => {
    const { network, server } = await withService([{ ...ECHO, handle: () => new Promise(() => {}) }]);
    const underWay = network.request(server.port, get('/api/content/7'));
    await server.close();
    await expect(underWay).rejects.toEqual(new ConnectionFailed('the connection was reset', false));
    await expect(network.request(server.port, get('/api/content/7'))).rejects.toMatchObject({ refused: true });
  });

  it('gives the port of a server that went to the next one that asks for it', async () => {
    const { network, server } = await withService([ECHO]);
    await server.close();
    const again = await network.listen({ ...HOST, routes: [ECHO], port: server.port });
    await server.close();
    expect(again.port).toBe(server.port);
    expect(await network.request(again.port, get('/api/content/7'))).toMatchObject({ status: 200 });
  });
});
