/** An upstream in a container, told by its admin routes to hold answers back. */
import { fetchesAnswer, type HoldPlace, heldAnswer, type UpstreamFetch, upstreamHealth } from '../../../services/protocol/upstream-api.ts';
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import { Requests } from '../../system/requests.ts';
import { CallFailed, type Transport } from '../../system/transport.ts';
import type { UpstreamControl, UpstreamHold } from '../../targets/upstream-control.ts';

export interface RemoteUpstreamOptions {
  readonly transport: Transport;
  /** Of its status port. */
  readonly url: string;
  readonly adminToken: string;
  readonly clock: Clock;
}

const LOOK_MS = 10;
const OK = 200;
const CREATED = 201;

/** Throws CallFailed where it does not answer. */
export async function openRemoteUpstream({ transport, url, adminToken: token, clock }: RemoteUpstreamOptions): Promise<UpstreamControl> {
  const requests = new Requests(transport, url);
  const ask = (method: 'GET' | 'PUT' | 'DELETE' | 'POST', path: string, body?: unknown) =>
    requests.expect(method === 'POST' ? CREATED : OK, { token, method, path, body });
  const { run } = requests.parse(upstreamHealth, await requests.expect(OK, { method: 'GET', path: '/health' }));
  return {
    run,
    hold: async (path: string, at: HoldPlace): Promise<UpstreamHold> => {
      const { data } = requests.parse(heldAnswer, await ask('POST', '/admin/holds', { path, at }));
      const own = `/admin/holds/${data.id}`;
      const reached = Promise.withResolvers<UpstreamFetch>();
      let isOver = false;
      const look = async () => {
        while (!isOver) {
          const { fetch } = requests.parse(heldAnswer, await ask('GET', own)).data;
          if (fetch !== null) return reached.resolve(fetch);
          await sleep(clock, LOOK_MS);
        }
      };
      // One that was let go meanwhile is not there any more.
      look().catch((error: unknown) => (isOver ? undefined : reached.reject(error)));
      reached.promise.catch(() => {});
      const release = async () => {
        if (isOver) return;
        isOver = true;
        await ask('DELETE', own).catch((error: unknown) => {
          if (!(error instanceof CallFailed)) throw error;
        });
      };
      return { reached: reached.promise, release };
    },
    set: async (path, settings) => void (await ask('PUT', '/admin/paths', { path, ...settings })),
    fetchesOf: async (path) => requests.parse(fetchesAnswer, await ask('GET', `/admin/fetches?path=${encodeURIComponent(path)}`)).data,
  };
}
