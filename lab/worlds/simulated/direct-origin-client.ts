/** The origin as an edge reaches it in the simulated world: by a call. Its deadline is the wire's around it. */
import {
  type OriginAnswer,
  type OriginClient,
  type OriginListing,
  OriginUnavailable,
  toOriginAnswer,
} from '../../../services/edge/origin-client.ts';
import type { HttpAnswer } from '../../../services/runtime/http.ts';
import type { Network } from './network.ts';

export class DirectOriginClient implements OriginClient {
  readonly #network: Network;
  readonly #port: number;

  constructor(network: Network, port: number) {
    this.#network = network;
    this.#port = port;
  }

  async fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    const { status, headers, body } = await this.#get(`/api/content/${id}`, ifNoneMatch);
    return toOriginAnswer({ status, etag: headers?.['etag'], date: headers?.['date'], body }, 'the origin');
  }

  async list(query: string): Promise<OriginListing> {
    const { status, body } = await this.#get(`/api/content${query}`);
    if (status >= 500) throw new OriginUnavailable(`expected a listing from the origin, got ${status}`);
    return { status, body };
  }

  async answers(): Promise<boolean> {
    return this.#get('/health').then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {}

  async #get(path: string, ifNoneMatch?: string): Promise<HttpAnswer> {
    const headers: Record<string, string> = ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch };
    return this.#network.request(this.#port, { method: 'GET', path, headers }).catch((error: unknown) => {
      throw new OriginUnavailable('no usable answer from the origin', { cause: error });
    });
  }
}
