/** The origin across a wire: what an edge has of it. */
import { type OriginAnswer, type OriginClient, type OriginListing, OriginUnavailable } from '../../../services/edge/origin-client.ts';
import { FETCH_DEADLINE_MS } from '../../../services/protocol/edge-api.ts';
import type { Gate } from './gate.ts';
import type { Wire } from './wire.ts';

export interface WiredOriginClientOptions {
  readonly origin: OriginClient;
  readonly wire: Wire;
  readonly caller: Gate;
}

export class WiredOriginClient implements OriginClient {
  readonly #options: WiredOriginClientOptions;

  constructor(options: WiredOriginClientOptions) {
    this.#options = options;
  }

  fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    return this.#call((origin) => origin.fetch(id, ifNoneMatch));
  }

  list(query: string): Promise<OriginListing> {
    return this.#call((origin) => origin.list(query));
  }

  answers(): Promise<boolean> {
    return this.#call((origin) => origin.answers()).catch(() => false);
  }

  close(): Promise<void> {
    return this.#options.origin.close();
  }

  #call<T>(send: (origin: OriginClient) => Promise<T>): Promise<T> {
    const { origin, wire, caller } = this.#options;
    const toError = (why: string) => new OriginUnavailable(`no usable answer from the origin: ${why}`);
    return wire.call(() => send(origin), { caller, deadlineMs: FETCH_DEADLINE_MS, toError });
  }
}
