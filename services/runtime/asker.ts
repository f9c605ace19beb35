/** One HTTP request to a cache, with any method that it has a word for. */
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import { type Clock, sleep } from './clock.ts';

export interface Asked {
  /** What follows the host is sent as it is: a parser of URLs would resolve its dots and leave out what follows a #. */
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From when it is sent. */
  readonly deadlineMs: number;
  /** Called when it is sent. */
  readonly onSent?: () => void;
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

/** A content has some KB. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const HOST_AND_REST = /^(https?:\/\/[^/?#]+)(.*)$/s;

export interface AskerOptions {
  /** In place of the system's: the addresses of a host. */
  readonly lookup?: LookupFunction;
}

/** Keeps connections, and closes them. */
export class Asker {
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;
  readonly #clock: Clock;

  constructor(clock: Clock, options: AskerOptions = {}) {
    this.#clock = clock;
    this.#http = new HttpAgent({ ...options, keepAlive: true });
    // Whatever the environment says of certificates.
    this.#https = new HttpsAgent({ ...options, keepAlive: true, rejectUnauthorized: true });
  }

  /** Throws NoAnswer. Redirects are not followed. */
  async ask({ url, method = 'GET', headers = {}, body, deadlineMs, onSent = () => {} }: Asked): Promise<Answered> {
    const over = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    const toNoAnswer = (error: unknown) =>
      new NoAnswer(`${method} ${url}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    const sized = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    let asking: ClientRequest;
    try {
      asking = this.#request(url, { method, headers: { ...sized, ...headers } });
    } catch (error) {
      throw toNoAnswer(error);
    }
    const fail = (error: Error) => reject(toNoAnswer(error));
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
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= BODY_BYTES_MAX) return void parts.push(part);
        fail(new Error(`expected at most ${BODY_BYTES_MAX} bytes, got more`));
        asking.destroy();
      });
      response.once('error', fail);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), text: Buffer.concat(parts).toString() }),
      );
    });
    asking.end(body);
    onSent();
    void sleep(this.#clock, deadlineMs, over.signal).then(() => {
      if (over.signal.aborted) return;
      fail(new Error(`no answer within ${deadlineMs} ms`));
      asking.destroy();
    });
    return promise.finally(() => over.abort());
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  /** Throws for a URL, a path or a header that cannot be sent. */
  #request(url: string, options: RequestOptions): ClientRequest {
    const [, host, rest = ''] = HOST_AND_REST.exec(url) ?? [];
    if (host === undefined) throw new Error('expected an http: or https: URL');
    const all = { ...urlToHttpOptions(new URL(host)), ...options, path: rest.startsWith('/') ? rest : `/${rest}` };
    return host.startsWith('https:') ? httpsRequest({ ...all, agent: this.#https }) : httpRequest({ ...all, agent: this.#http });
  }
}

function flat(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Answered['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : value?.join(', ')]));
}
