/** One HTTP request to a cache, with any method that it has a word for. */
import { Agent, request } from 'node:http';
import { type Clock, sleep } from './clock.ts';

export interface Asked {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly deadlineMs: number;
}

export interface Answered {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** No usable answer came: in words. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Keeps connections, and closes them. */
export class Asker {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws NoAnswer. Redirects are not followed. */
  async ask({ url, method = 'GET', headers = {}, body, deadlineMs }: Asked): Promise<Answered> {
    const over = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    const sized = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const asking = request(url, { method, headers: { ...sized, ...headers }, agent: this.#agent });
    const fail = (error: Error) => reject(new NoAnswer(`${method} ${url}: ${error.message}`, { cause: error }));
    asking.once('error', fail);
    // An answer that is none: of who wants to speak another protocol, or hangs up.
    for (const event of ['upgrade', 'connect'] as const)
      asking.once(event, (response: { readonly statusCode?: number }, socket: { destroy(): void }) => {
        socket.destroy();
        fail(new Error(`expected an answer in HTTP, got ${response.statusCode}`));
      });
    asking.once('close', () => fail(new Error('the connection was closed')));
    asking.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', fail);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), text: Buffer.concat(parts).toString() }),
      );
    });
    asking.end(body);
    void sleep(this.#clock, deadlineMs, over.signal).then(() => {
      if (over.signal.aborted) return;
      fail(new Error(`no answer within ${deadlineMs} ms`));
      asking.destroy();
    });
    return promise.finally(() => over.abort());
  }

  close(): void {
    this.#agent.destroy();
  }
}

function flat(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Answered['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : value?.join(', ')]));
}
