/** An upstream in another process, told over HTTP to hold answers back: over real sockets, without a container. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { serveHttp } from '../../../services/runtime/http.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { withReleasers } from '../../../services/runtime/releasers.ts';
import { exchange } from '../../../services/runtime/testing/http.ts';
import { upstreamRoutes } from '../../../services/upstream/routes.ts';
import { Upstream } from '../../../services/upstream/upstream.ts';
import { HttpTransport } from '../../system/http-clients.ts';
import type { UpstreamControl } from '../../targets/upstream-control.ts';
import { openRemoteUpstream } from './remote-upstream.ts';

const PATH = '/api/content/7';
const adminToken = 'a token';

interface Opened {
  readonly remote: UpstreamControl;
  readonly local: Upstream;
  /** Of its routes. */
  readonly stop: () => Promise<void>;
}

function withUpstream(use: (opened: Opened) => Promise<void>): Promise<void> {
  return withReleasers(async (releasers) => {
    const origin = createServer((_asked, answer) => answer.end('{"data":{"version":1,"tags":[]}}'));
    await new Promise<void>((resolve) => void origin.listen(0, '127.0.0.1', resolve));
    releasers.push(() => void origin.close());
    const originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    const bounds = { host: '127.0.0.1', port: 0, lifetimeMs: 60_000, missingMs: 5_000 };
    const local = await Upstream.listen({ ...bounds, originUrl, clock, random: createRandom(1) });
    releasers.push(() => local.close());
    const routes = upstreamRoutes({ upstream: local, clock, adminToken });
    const server = await serveHttp({ routes, allowedHosts: ['127.0.0.1'], log: silentLogger, port: 0, host: '127.0.0.1' });
    const stop = () => server.close(0);
    releasers.push(stop);
    const transport = new HttpTransport();
    releasers.push(() => transport.close());
    const remote = await openRemoteUpstream({ transport, url: `http://127.0.0.1:${server.port}`, adminToken, clock });
    await use({ remote, local, stop });
    await releasers.release();
  });
}

describe('an upstream in another process', () => {
  it('holds an answer back from when that is asked for, tells when it waits, and lets it go', () =>
    withUpstream(async ({ remote, local }) => {
      expect(remote.run).toBe(local.run);
      const hold = await remote.hold(PATH, 'head');
      let isAnswered = false;
      const reading = exchange(local.port, { path: PATH }).then(() => {
        isAnswered = true;
      });
      expect(await hold.reached).toMatchObject({ number: 1, path: PATH, status: 200 });
      expect(isAnswered).toBe(false);
      await hold.release();
      await reading;
      // Once more does nothing.
      await hold.release();
      expect(await remote.fetchesOf(PATH)).toEqual(local.fetchesOf(PATH));
    }));

  it('lets the answer pass that nobody waits for any more', () =>
    withUpstream(async ({ remote, local }) => {
      const hold = await remote.hold(PATH, 'body');
      await hold.release();
      expect((await exchange(local.port, { path: PATH })).status).toBe(200);
    }));

  it('sets the lifetime of a path', () =>
    withUpstream(async ({ remote, local }) => {
      await remote.set(PATH, { lifetimeMs: 2_000 });
      expect((await exchange(local.port, { path: PATH })).headers['cache-control']).toBe('public, max-age=2');
    }));

  it('that is gone fails whoever asks it, and not whoever lets go', () =>
    withUpstream(async ({ remote, stop }) => {
      const hold = await remote.hold(PATH, 'head');
      await stop();
      await expect(hold.reached).rejects.toThrow('GET');
      await hold.release();
      await expect((async () => remote.hold(PATH, 'head'))()).rejects.toThrow('POST');
    }));
});
