/**
 * One connection to Redis, kept up for ever, and shut until the life of what it leads to is known. The only file of the
 * edge that knows ioredis.
 *
 *   away       no session: every call fails at once
 *   beginning  connected: memory policy checked, scripts loaded, life compared or begun; still no session
 *   open       a session: calls go to this server, under this life; it may take no change, and go on answering
 *
 * Each connection is a client of its own, never re-used: ioredis' own reconnect would let through what was queued for
 * the server before. So nothing reaches a server whose life has not been compared, and a command cut off by the end of
 * its connection is never sent again. A session ends when its socket does, when nothing comes back for twice the
 * deadline (a paused server keeps its sockets open), when a script finds another life, and when it is looked at again:
 * by then its address may lead to another server. Then it begins anew, with capped backoff.
 */
import { Redis } from 'ioredis';
import { type Clock, sleep, systemClock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { CacheUnavailable } from './cache.ts';
import { CallDeadlines } from './call-deadlines.ts';
import { isRefusal, OTHER_LIFE, type Script, type ScriptCall } from './lua/script.ts';
import { SCRIPTS } from './lua/scripts.ts';
import { beginLife, type ServerCalls } from './redis-life.ts';

export interface ConnectionOptions {
  readonly url: string;
  /** Shown by CLIENT LIST and in log lines. */
  readonly name: string;
  /** The state and its parts. */
  readonly keys: readonly string[];
  /** A call that takes longer has failed. */
  readonly deadlineMs: number;
  /** Gathers the calls of a turn into one write. */
  readonly pipelined: boolean;
  readonly logger: Logger;
  readonly onOpen: (life: string) => void;
  /** It answered that it takes no change, and why. */
  readonly onRefused: (reason: string) => void;
}

const CONNECT_MS = 1_000;
const BEGIN_MS = 1_000;
/** A server that is paused never answers the end of a connection. */
const END_MS = 200;
const BACKOFF_MS_MIN = 5;
const BACKOFF_MS_MAX = 1_000;
const STALLED_MS_MIN = 500;
/** No more often, for a server that refuses again and again: each look costs what is under way on the connection. */
const LOOK_AGAIN_MS_MIN = 1_000;
/** Errors that say that what a session knows of its server is no longer true; the next one compares and loads again. */
const LOST = [OTHER_LIFE, 'NOSCRIPT'];
/** Sockets have a time of their own, whatever clock entries are judged by. */
const clock: Clock = systemClock;

export class RedisConnection {
  readonly #options: ConnectionOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #session: RedisSession | undefined;
  #client: Redis | undefined;
  #away = 'it has not been reached yet';
  #openedMs = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  get life(): string | undefined {
    return this.#session?.life;
  }

  /** Throws CacheUnavailable while there is none. */
  session(): RedisSession {
    if (this.#session === undefined) throw new CacheUnavailable(`the cache is away: ${this.#away}`);
    return this.#session;
  }

  /** Why there is no session; empty while there is one. */
  get away(): string {
    return this.#away;
  }

  /** Begins anew at the address, where another server may be by now; not if that was done a moment ago. */
  lookAgain(reason: string): void {
    if (this.#session === undefined || clock.monotonicMs() - this.#openedMs < LOOK_AGAIN_MS_MIN) return;
    this.#away = reason;
    this.renew();
  }

  /** Ends the session, if there is one, and begins anew. */
  renew(): void {
    if (this.#client !== undefined) this.#end(this.#client);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#away = 'it is closed';
    this.renew();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let backoffMs = BACKOFF_MS_MIN; !signal.aborted; backoffMs = Math.min(BACKOFF_MS_MAX, backoffMs * 2)) {
      try {
        await this.#live(() => {
          backoffMs = BACKOFF_MS_MIN;
        });
      } catch (error) {
        this.#tell(error instanceof Error ? error.message : String(error));
      }
      await sleep(clock, backoffMs, signal);
    }
  }

  /** One connection, from its first packet to its end. */
  async #live(onBegun: () => void): Promise<void> {
    const { name, onOpen, logger } = this.#options;
    const client = this.#createClient();
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    let failure = 'the connection ended';
    client.on('error', (error) => {
      failure = error.message;
    });
    this.#client = client;
    try {
      await client.connect().catch(() => {
        throw new Error(failure);
      });
      const life = await this.#begin(client).catch((error) => {
        throw client.status === 'ready' ? error : new Error(failure, { cause: error });
      });
      // It may have ended, or been ended, while it began.
      if (client.status !== 'ready' || client !== this.#client) throw new Error(failure);
      const { deadlineMs, onRefused } = this.#options;
      this.#session = new RedisSession({ client, life, deadlineMs, onRefused, onLost: () => this.#end(client) });
      this.#openedMs = clock.monotonicMs();
      // Looked at again, and the same: no news.
      logger[isRefusal(this.#away) ? 'debug' : 'info']({ connection: name, life }, 'the cache is connected');
      this.#away = '';
      onBegun();
      onOpen(life);
      await ended;
      if (!isRefusal(this.#away)) this.#tell(failure);
    } finally {
      this.#end(client);
    }
  }

  /** Once for each client, however many of its calls ask. From the same turn on nobody is given its session. */
  #end(client: Redis): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#session = undefined;
    client.disconnect();
  }

  #createClient(): Redis {
    const { url, name, deadlineMs, pipelined } = this.#options;
    return new Redis(url, {
      lazyConnect: true,
      connectionName: name,
      connectTimeout: CONNECT_MS,
      disconnectTimeout: END_MS,
      socketTimeout: Math.max(STALLED_MS_MIN, deadlineMs * 2),
      retryStrategy: () => null,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      enableReadyCheck: false,
      enableAutoPipelining: pipelined,
      disableClientInfo: true,
      protocol: 2,
    });
  }

  #begin(client: Redis): Promise<string> {
    const calls: ServerCalls = {
      info: () => client.info(),
      load: ({ text }) => client.script('LOAD', text),
      run: ({ sha }, keys, values) => client.evalsha(sha, keys.length, ...keys, ...values),
    };
    return new CallDeadlines(clock, BEGIN_MS).keep(beginLife(calls, { scripts: SCRIPTS, keys: this.#options.keys }));
  }

  /** Once for each reason: a server that stays away is one line, not one a second. */
  #tell(reason: string): void {
    if (reason === this.#away || this.#closing.signal.aborted) return;
    this.#away = reason;
    this.#options.logger.warn({ connection: this.#options.name, reason }, 'the cache is away');
  }
}

interface SessionOptions {
  readonly client: Redis;
  readonly life: string;
  readonly deadlineMs: number;
  readonly onLost: () => void;
  readonly onRefused: (reason: string) => void;
}

export class RedisSession {
  readonly #options: SessionOptions;
  readonly #deadlines: CallDeadlines;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#deadlines = new CallDeadlines(clock, options.deadlineMs);
  }

  get life(): string {
    return this.#options.life;
  }

  /** Every failure is a CacheUnavailable. */
  call({ sha, name }: Script, { keys, values }: ScriptCall): Promise<unknown> {
    const { client, life } = this.#options;
    const answer = client.evalsha(sha, keys.length, ...keys, life, ...values);
    return this.#deadlines.keep(answer).catch((error) => this.#fail(name, error));
  }

  /**
   * In order, in one write. Not a transaction: fails when any of them does, and others may have gone through. Every
   * failure is a CacheUnavailable.
   */
  async callAll({ sha, name }: Script, calls: readonly ScriptCall[]): Promise<readonly unknown[]> {
    const results = await this.#send(sha, calls).catch((error) => this.#fail(name, error));
    return results.map(([error, answer]) => (error === null ? answer : this.#fail(name, error)));
  }

  async #send(sha: string, calls: readonly ScriptCall[]): Promise<readonly [error: Error | null, answer: unknown][]> {
    const { client, life } = this.#options;
    const pipeline = client.pipeline();
    for (const { keys, values } of calls) pipeline.evalsha(sha, keys.length, ...keys, life, ...values);
    const results = await this.#deadlines.keep(pipeline.exec());
    // Fewer answers than calls would read as nothing left to apply.
    if (results?.length !== calls.length) throw new Error(`expected ${calls.length} answers, got ${results?.length ?? 'none'}`);
    return results;
  }

  #fail(name: string, error: unknown): never {
    const message = error instanceof Error ? error.message : String(error);
    if (LOST.some((lost) => message.startsWith(lost))) this.#options.onLost();
    else if (isRefusal(message)) this.#options.onRefused(message);
    throw new CacheUnavailable(`${name}: ${message}`, error);
  }
}
