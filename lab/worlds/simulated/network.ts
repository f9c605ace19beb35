/**
 * What stands for sockets in the simulated world: services listen on numbers, and a request is a call of their routes.
 *
 * As with sockets, a server that is gone refuses, one that goes breaks what is under way, and an error that is none of
 * the service's own is answered with 500. That one is a bug, so the world hears of it.
 */
import { ServiceError } from '../../../services/protocol/errors.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import type { HttpServer, HttpServiceOptions } from '../../../services/runtime/http.ts';
import { dateOf } from '../../../services/runtime/http-date.ts';
import type { HttpAnswer } from '../../../services/runtime/route.ts';
import { type NetworkRequest, RouteTable } from './route-table.ts';

/** No answer. `refused`: the request certainly had no effect. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
  readonly refused: boolean;

  constructor(message: string, refused: boolean) {
    super(message);
    this.refused = refused;
  }
}

interface Listener {
  readonly routes: RouteTable;
  /** What its answers are dated by. */
  readonly clock: Clock | undefined;
  /** Breaks each request under way. */
  readonly underWay: Set<(error: ConnectionFailed) => void>;
}

export class Network {
  readonly #listeners = new Map<number, Listener>();
  readonly #onBug: (error: unknown) => void;
  #lastPort = 0;

  /** `onBug` hears of every error that a service did not mean to answer with. */
  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug;
  }

  /** Port 0 takes a free one. */
  async listen({ routes, clock, port: wanted }: HttpServiceOptions & { readonly port: number }): Promise<HttpServer> {
    if (wanted === 0) this.#lastPort += 1;
    const port = wanted === 0 ? this.#lastPort : wanted;
    if (this.#listeners.has(port)) throw new Error(`expected a free port, got ${port}`);
    const listener: Listener = { routes: new RouteTable(routes), clock, underWay: new Set() };
    this.#listeners.set(port, listener);
    return { port, close: async () => this.#close(port, listener) };
  }

  request(port: number, request: NetworkRequest): Promise<HttpAnswer> {
    const listener = this.#listeners.get(port);
    if (listener === undefined) return Promise.reject(new ConnectionFailed('the connection was refused', true));
    return new Promise((resolve, reject) => {
      listener.underWay.add(reject);
      const end = () => listener.underWay.delete(reject);
      answer(listener.routes, request).then(
        (answered) => {
          end();
          resolve(dated(answered, listener.clock));
        },
        (error: unknown) => {
          // What a process stumbles over while it is killed is nobody's answer.
          if (!end()) return;
          this.#onBug(error);
          resolve({ status: 500, body: new ServiceError('internal', 'internal error').body() });
        },
      );
    });
  }

  #close(port: number, listener: Listener): void {
    if (this.#listeners.get(port) === listener) this.#listeners.delete(port);
    for (const fail of listener.underWay) fail(new ConnectionFailed('the connection was reset', false));
    listener.underWay.clear();
  }
}

function dated(answered: HttpAnswer, clock: Clock | undefined): HttpAnswer {
  return clock === undefined ? answered : { ...answered, headers: { ...answered.headers, date: dateOf(clock) } };
}

async function answer(routes: RouteTable, request: NetworkRequest): Promise<HttpAnswer> {
  try {
    return await routes.handle(request);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return { status: error.status, body: error.body() };
  }
}
