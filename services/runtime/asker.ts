/** One HTTP request to a cache, with any method that it has a word for. */
import { type AgentOptions, type ClientRequest, Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
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

/** A kept connection was closed before anything of an answer came. */
class ClosedWhileKept extends Error {
  override readonly name = 'ClosedWhileKept';
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Keeps connections, and closes them. */
export class Asker {
  readonly #kept: Agents;
  /** A new connection for each request. */
  readonly #fresh: Agents;
  readonly #clock: Clock;
  #isClosed = false;

  constructor(clock: Clock, options: AskerOptions = {}) {
    this.#clock = clock;
    this.#kept = agentsOf({ ...options, keepAlive: true });
    this.#fresh = agentsOf({ ...options, keepAlive: false });
  }

  /**
   * Throws NoAnswer. Redirects are not followed.
   *
   * A server may close a kept connection while a request travels to it. That request is sent once more, on a new
   * connection (RFC 9112, 9.3.1), whatever its method is: to read or to purge twice does what once does.
   */
  async ask({ onSent = () => {}, ...asked }: Asked): Promise<Answered> {
    const { url, method = 'GET', deadlineMs } = asked;
    const [late, answered] = [new AbortController(), new AbortController()];
    try {
      const answer = exchange(asked, this.#kept, late.signal);
      onSent();
      void sleep(this.#clock, deadlineMs, answered.signal).then(() => {
        if (!answered.signal.aborted) late.abort(new Error(`no answer within ${deadlineMs} ms`));
      });
      return await answer.catch((error: unknown) => {
        if (!(error instanceof ClosedWhileKept) || late.signal.aborted || this.#isClosed) throw error;
        return exchange(asked, this.#fresh, late.signal);
      });
    } catch (error) {
      throw new NoAnswer(`${method} ${url}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      answered.abort();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { http, https } of [this.#kept, this.#fresh]) {
      http.destroy();
      https.destroy();
    }
  }
}

function agentsOf(options: AgentOptions): Agents {
  // Whatever the environment says of certificates.
  return { http: new HttpAgent(options), https: new HttpsAgent({ ...options, rejectUnauthorized: true }) };
}

/** One request, on one connection. `late` is aborted with why it is awaited no longer. */
function exchange({ url, method, headers, body }: Omit<Asked, 'onSent'>, agents: Agents, late: AbortSignal): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>();
  const sized = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const asking = requestTo(url, { method, headers: { ...sized, ...headers } }, agents);
  let hasAnswer = false;
  asking.on('error', (error: NodeJS.ErrnoException) => {
    const isClosed = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    reject(isClosed && asking.reusedSocket && !hasAnswer ? new ClosedWhileKept(error.message, { cause: error }) : error);
  });
  // An answer that is none: of who wants to speak another protocol, or hangs up.
  for (const event of ['upgrade', 'connect'] as const)
    asking.once(event, (response: { readonly statusCode?: number }, socket: { destroy(): void }) => {
      socket.destroy();
      reject(new Error(`expected an answer in HTTP, got ${response.statusCode}`));
    });
  asking.once('close', () => reject(new Error('the connection was closed')));
  asking.once('response', (response) => {
    hasAnswer = true;
    const parts: Buffer[] = [];
    let bytes = 0;
    response.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= BODY_BYTES_MAX) return void parts.push(part);
      reject(new Error(`expected at most ${BODY_BYTES_MAX} bytes, got more`));
      asking.destroy();
    });
    response.once('error', reject);
    response.once('end', () =>
      resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), text: Buffer.concat(parts).toString() }),
    );
  });
  const abandon = () => {
    reject(late.reason);
    asking.destroy();
  };
  late.addEventListener('abort', abandon, { once: true });
  asking.end(body);
  return promise;
}

/** Throws for a URL, a path or a header that cannot be sent. */
function requestTo(url: string, options: RequestOptions, { http, https }: Agents): ClientRequest {
  const [, host, rest = ''] = HOST_AND_REST.exec(url) ?? [];
  if (host === undefined) throw new Error('expected an http: or https: URL');
  const all = { ...urlToHttpOptions(new URL(host)), ...options, path: rest.startsWith('/') ? rest : `/${rest}` };
  return host.startsWith('https:') ? httpsRequest({ ...all, agent: https }) : httpRequest({ ...all, agent: http });
}

function flat(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Answered['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : value?.join(', ')]));
}
