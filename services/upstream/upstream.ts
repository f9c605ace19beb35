/**
 * The upstream: a proxy between a cache and the origin, at the origin's side. It gives the answers for contents what a
 * cache needs (a lifetime, tags), stamps them, counts the fetches, and holds an answer back at a known place until it
 * is let go.
 *
 * An answer is asked of the origin before it is held: what is let go later is as old as that.
 */
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  ALL_TAG,
  ASKED_HEADER,
  contentTag,
  FETCH_HEADER,
  type HoldPlace,
  RUN_HEADER,
  type UpstreamFetch,
} from '../protocol/upstream-api.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { askOrigin, type OriginAnswer } from './ask-origin.ts';
import { type Fetch, Fetches, type Hold } from './fetches.ts';
import { tagHeaders, tagsIn } from './tags.ts';

export interface UpstreamOptions {
  readonly originUrl: string;
  readonly port: number;
  readonly host: string;
  /** What a cache is told to keep a content for, and a 404. */
  readonly lifetimeMs: number;
  readonly missingMs: number;
  readonly clock: Clock;
  readonly random: Random;
  /** A 304 says nothing of tags, unless it is said of its path. */
  readonly untagged304?: boolean;
  /** What each of its tags begins with. Left out: nothing. */
  readonly tagPrefix?: string;
  /** An origin that has not answered by then does not answer. Left out: whoever stands between looks after that. */
  readonly deadlineMs?: number | undefined;
  /** Stands between it and the origin: a link that can be broken. Left out: nothing does. */
  readonly across?: <T>(send: () => Promise<T>) => Promise<T>;
  /** Hears of each fetch for a content, and of each that brought no answer. */
  readonly onFetch?: (what: 'asked' | 'failed') => void;
}

/** What is done to the answers for one path. */
export interface PathSettings {
  /** Instead of the usual lifetime. */
  readonly lifetimeMs?: number;
  /** A 304 says nothing of tags. */
  readonly untagged304?: boolean;
}

const CONTENT = /^\/api\/content\/(\d+)$/;
const WHOLE_URL = /^https?:\/\/[^/?]*/i;
const MS_PER_S = 1000;

export class Upstream {
  readonly #options: Required<Omit<UpstreamOptions, 'deadlineMs'>> & Pick<UpstreamOptions, 'deadlineMs'>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #run: string;
  readonly #counts = { asked: 0, failed: 0 };
  readonly #settings = new Map<string, PathSettings>();
  /** By path: the tags of the last 200. */
  readonly #tags = new Map<string, readonly string[]>();
  readonly #fetches: Fetches;

  private constructor(options: UpstreamOptions) {
    this.#options = { untagged304: false, tagPrefix: '', across: (send) => send(), onFetch: () => {}, ...options };
    this.#run = String(options.random.below(2 ** 32));
    this.#fetches = new Fetches(options.clock);
    this.#server = createServer((asked, answer) => void this.#serve(asked, answer));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async listen(options: UpstreamOptions): Promise<Upstream> {
    const upstream = new Upstream(options);
    const listening = Promise.withResolvers<void>();
    upstream.#server.once('error', listening.reject);
    upstream.#server.listen(options.port, options.host, listening.resolve);
    await listening.promise;
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What its stamps say. */
  get run(): string {
    return this.#run;
  }

  /** Requests for contents since the start, and those of them that the origin did not answer. */
  get counts(): { readonly asked: number; readonly failed: number } {
    return this.#counts;
  }

  /** The last ones, oldest first. */
  fetchesOf(path: string): readonly UpstreamFetch[] {
    return this.#fetches.of(path);
  }

  /** The answer to the next fetch of the path that no other hold takes. */
  hold(path: string, at: HoldPlace): Hold {
    return this.#fetches.hold(path, at);
  }

  set(path: string, settings: PathSettings): void {
    this.#settings.set(path, settings);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = pathIn(asked.url ?? '/');
    // Whoever reaches it may be anybody: it is read, and nothing else.
    if (asked.method !== 'GET' && asked.method !== 'HEAD') {
      answer.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain' });
      answer.end('the upstream is read, and nothing else\n');
      return;
    }
    const isContent = CONTENT.test(path);
    const fetch = isContent ? this.#begin(path, asked) : undefined;
    try {
      const { originUrl, deadlineMs } = this.#options;
      const got = await this.#options.across(() => askOrigin(`${originUrl}${path}`, { headers: asked.headers, deadlineMs }));
      if (fetch === undefined) return end(answer, got);
      fetch.status = got.status;
      await this.#answer(answer, got, fetch);
    } catch {
      if (fetch !== undefined) this.#tell('failed');
      // The origin is away: as a proxy says it. A cache that has gone hears nothing.
      if (!answer.headersSent) answer.writeHead(502, { 'content-type': 'text/plain' });
      answer.end('the origin does not answer\n');
    }
  }

  #begin(path: string, { headers }: IncomingMessage): Fetch {
    this.#tell('asked');
    return this.#fetches.begin(path, { conditional: headers['if-none-match'] !== undefined });
  }

  #tell(what: 'asked' | 'failed'): void {
    this.#counts[what] += 1;
    this.#options.onFetch(what);
  }

  async #answer(answer: ServerResponse, { status, headers, body }: OriginAnswer, fetch: Fetch): Promise<void> {
    const hold = this.#fetches.take(fetch.path);
    answer.once('finish', () => this.#fetches.end(fetch));
    if (hold?.at === 'head') {
      hold.reach(fetch);
      await hold.until;
    }
    answer.writeHead(status, { ...this.#headersOf(fetch, { status, headers, body }) });
    if (hold?.at === 'body' && body.length > 1) {
      const half = body.length >> 1;
      answer.write(body.subarray(0, half));
      hold.reach(fetch);
      await hold.until;
      answer.end(body.subarray(half));
      return;
    }
    answer.end(status === 304 ? undefined : body);
    if (hold?.at === 'body') hold.reach(fetch);
  }

  #headersOf({ path, number, askedAt }: Fetch, { status, headers, body }: OriginAnswer): OutgoingHttpHeaders {
    const { lifetimeMs, missingMs } = this.#options;
    const { lifetimeMs: own, untagged304 = this.#options.untagged304 } = this.#settings.get(path) ?? {};
    const ms = own ?? (status === 404 ? missingMs : lifetimeMs);
    const tags = status === 304 && untagged304 ? undefined : this.#tagsOf(path, status, body);
    return {
      'content-type': headers['content-type'] ?? 'application/json',
      ...(status === 304 ? {} : { 'content-length': body.length }),
      ...(headers.etag === undefined ? {} : { etag: headers.etag }),
      'cache-control': `public, max-age=${Math.round(ms / MS_PER_S)}`,
      [ASKED_HEADER]: String(askedAt),
      [FETCH_HEADER]: String(number),
      [RUN_HEADER]: this.#run,
      ...(tags === undefined ? {} : tagHeaders(tags)),
    };
  }

  /** A 404 has the tags that its key has whatever it holds: else a cache could not forget it by tag. */
  #tagsOf(path: string, status: number, body: Buffer): readonly string[] {
    const id = CONTENT.exec(path)?.[1] ?? '';
    if (status === 200) {
      this.#tags.set(path, tagsIn(body));
    }
    const tags = [contentTag(id), ALL_TAG, ...(status === 404 ? [] : (this.#tags.get(path) ?? []))];
    return tags.map((tag) => `${this.#options.tagPrefix}${tag}`);
  }
}

/**
 * Of a target that is a whole URL, too: whoever asks so takes this for a proxy, and means the one origin that stands
 * behind it.
 */
function pathIn(target: string): string {
  const path = target.replace(WHOLE_URL, '');
  return path.startsWith('/') || path === target ? path : `/${path}`;
}

function end(answer: ServerResponse, { status, headers, body }: OriginAnswer): void {
  answer.writeHead(status, { 'content-type': headers['content-type'] ?? 'text/plain', 'content-length': body.length });
  answer.end(body);
}
