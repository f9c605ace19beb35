/** What a browser gets at `/`, and what everybody else gets. */
import { afterEach, describe, expect, it } from 'vitest';
import { serveHttp } from './http.ts';
import { silentLogger } from './log.ts';
import { createReleasers } from './releasers.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const releasers = createReleasers();
afterEach(() => releasers.release());

async function served(): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const links = [{ path: '/metrics', about: 'figures' }];
  const server = await serveHttp({
    routes: [{ method: 'GET', path: '/metrics', handle: () => ({ status: 200, body: {} }) }],
    frontPage: { title: '<b>"x"&', about: 'an edge', links },
    allowedHosts: ['127.0.0.1'],
    log: silentLogger,
    port: 0,
    host: '127.0.0.1',
  });
  releasers.push(() => server.close(0));
  return (path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

describe('the page at /', () => {
  it('says to a browser what the service is, with links, whatever its name holds', async () => {
    const ask = await served();
    for (const path of ['/', '/?x=1']) {
      const answer = await ask(path, { headers: { accept: BROWSER } });
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('vary')]).toEqual([
        200,
        'text/html; charset=utf-8',
        'Accept',
      ]);
      const text = await answer.text();
      expect(text).toContain('<h1>&lt;b&gt;&quot;x&quot;&amp;</h1>');
      expect(text).toContain('<a href="/metrics"><code>/metrics</code></a> figures');
    }
    const head = await ask('/', { method: 'HEAD', headers: { accept: BROWSER } });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it.each([
    ['curl', '/', 'GET', '*/*'],
    ['a client of JSON', '/', 'GET', 'application/json'],
    ['a client that likes JSON better', '/', 'GET', 'text/html;q=0.5, application/json'],
    ['a browser at another path', '/x', 'GET', BROWSER],
    ['a browser that sends a form', '/', 'POST', BROWSER],
  ])('%s gets the 404 of any path that is no route', async (_who, path, method, accept) => {
    const answer = await (await served())(path, { method, headers: { accept } });
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { success: false, error: `no route ${method} ${path}`, code: 'unknown_route' },
    ]);
  });
});
