/**
 * The rails of live targets: the one place through which every byte to them goes. Whoever may ask a live cache has a
 * `RailedAsker`, and the connections are nobody else's.
 *
 * A request is let through if it is one that the target declares, for a content that this run has made; to a host that
 * was named, at the addresses that were kept; when its turn has come. At the first 429, the third 5xx and the
 * two-thousandth request nothing more is sent.
 */
import { type Answered, type Asked, Asker } from '../../services/runtime/asker.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { Way } from '../races/raced-cache.ts';
import type { WriteKind } from '../targets/own-origin.ts';
import type { LiveTarget } from '../targets/target.ts';
import { type AllowedRequest, AllowedRequests, type MadeContent, type WrittenContent } from './allowed-requests.ts';
import { type KeptHost, lookupOf } from './kept-hosts.ts';
import { type Secrets, withSecrets, withSecretsIn } from './secrets.ts';
import { RailsStopped } from './stopped.ts';

export const PER_SECOND_DEFAULT = 5;
export const PER_SECOND_MAX = 20;
export const REQUESTS_MAX = 2_000;
export const PURGES_PER_SECOND_MAX = 1;
export const SERVER_ERRORS_MAX = 3;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERROR = 500;
const MS_PER_S = 1000;

export interface RailsOptions {
  readonly hosts: readonly KeptHost[];
  /** Of each target. */
  readonly secrets: ReadonlyMap<LiveTarget, Secrets>;
  /** From 1 to PER_SECOND_MAX. */
  readonly perSecond: number;
  /** `all` and `pattern` may be purged. */
  readonly allowsWidePurge: boolean;
  /** Purges that may be sent. */
  readonly takes: (way: Way) => boolean;
  readonly userAgent: string;
  readonly clock: Clock;
  /** After it was aborted nothing is sent any more. */
  readonly signal: AbortSignal;
  /** Left out: nothing. */
  readonly spent?: Spent | undefined;
}

/** What stands in the report. */
export interface RailsReport {
  readonly hosts: readonly KeptHost[];
  readonly perSecond: number;
  readonly allowsWidePurge: boolean;
  readonly requests: number;
  readonly purges: number;
  /** To the origin of the user's own. Left out: none. */
  readonly writes?: number;
  /** Why nothing more was sent. */
  readonly stopped?: string;
}

export interface RailedAsker extends Pick<Asker, 'ask'> {
  readonly perSecond: number;
  /** A content that this run has made: it may be asked for and purged from now on. */
  made(content: MadeContent): void;
  /** To the origin of the user's own. Throws as `ask`. */
  write(kind: WriteKind, content: WrittenContent, deadlineMs: number): Promise<Answered>;
  /** A read at the origin of the user's own, past the cache. Throws as `ask`. */
  look(id: number, deadlineMs: number): Promise<Answered>;
}

/** What was sent so far: runs that follow each other share it. */
export interface Spent {
  readonly counts: { requests: number; purges: number; writes: number; serverErrors: number };
  readonly lastMs: { request: number; purge: number };
  /** The last that waits. */
  turn: Promise<void>;
  /** Why nothing more is sent; undefined: more may be. */
  stopped: string | undefined;
  readonly ended: PromiseWithResolvers<string>;
}

export function nothingSpent(): Spent {
  return {
    counts: { requests: 0, purges: 0, writes: 0, serverErrors: 0 },
    lastMs: { request: Number.NEGATIVE_INFINITY, purge: Number.NEGATIVE_INFINITY },
    turn: Promise.resolve(),
    stopped: undefined,
    ended: Promise.withResolvers(),
  };
}

interface AskOptions {
  /** What is let through; undefined: nothing. */
  readonly request: AllowedRequest | undefined;
  readonly target: LiveTarget;
}

export class Rails {
  readonly #options: RailsOptions;
  readonly #asker: Asker;
  readonly #spent: Spent;
  /** Of others, before. */
  readonly #before: Readonly<Spent['counts']>;

  constructor(options: RailsOptions) {
    const { perSecond, clock, hosts, spent = nothingSpent() } = options;
    if (!(perSecond >= 1 && perSecond <= PER_SECOND_MAX))
      throw new RangeError(`expected 1 to ${PER_SECOND_MAX} a second, got ${perSecond}`);
    this.#options = options;
    this.#spent = spent;
    this.#before = { ...spent.counts };
    this.#asker = new Asker(clock, { lookup: lookupOf(hosts) });
  }

  /** Resolves with why nothing more is sent. */
  get ended(): Promise<string> {
    return this.#spent.ended.promise;
  }

  get allowsWidePurge(): boolean {
    return this.#options.allowsWidePurge;
  }

  /** `prefix`: of the slugs and tags of what the target is asked for. */
  askerOf(target: LiveTarget, prefix: string): RailedAsker {
    const { takes, userAgent, perSecond } = this.#options;
    const ways = target.purges.filter(takes);
    const allowed = new AllowedRequests({ target, ways, userAgent }, prefix);
    return {
      perSecond,
      made: (content) => allowed.add(content),
      ask: (asked) => this.#ask(asked, { request: allowed.find(asked), target }),
      write: (kind, content, deadlineMs) => {
        const request = allowed.write(kind, content);
        return this.#ask({ ...request, deadlineMs }, { request, target });
      },
      look: (id, deadlineMs) => {
        const request = allowed.look(id);
        return this.#ask({ ...request, deadlineMs }, { request, target });
      },
    };
  }

  report(): RailsReport {
    const { hosts, perSecond, allowsWidePurge } = this.#options;
    const before = this.#before;
    const { counts } = this.#spent;
    const [requests, purges] = [counts.requests - before.requests, counts.purges - before.purges];
    const writes = counts.writes - before.writes;
    const stopped = this.#spent.stopped;
    const written = writes === 0 ? {} : { writes };
    return { hosts, perSecond, allowsWidePurge, requests, purges, ...written, ...(stopped === undefined ? {} : { stopped }) };
  }

  close(): void {
    this.#asker.close();
  }

  /** Throws RailsStopped, NoAnswer, and for a request that may not be sent. */
  async #ask(asked: Asked, { request, target }: AskOptions): Promise<Answered> {
    if (request === undefined)
      throw new Error(`${asked.method ?? 'GET'} ${asked.url} is no request of this run: the rails refuse every other request`);
    await this.#turnOf(request.kind);
    const secrets = this.#options.secrets.get(target) ?? new Map();
    const headers = withSecrets(request.sentHeaders, secrets);
    const body = request.body === undefined ? {} : { body: withSecretsIn(request.body, secrets) };
    const answered = await this.#asker.ask({ ...asked, ...body, headers });
    this.#lookAt(answered.status, `${request.method} ${request.url}`);
    return answered;
  }

  /** In the order in which they came. Resolves when it must be sent; throws where nothing is any more. */
  #turnOf(kind: AllowedRequest['kind']): Promise<void> {
    const turn = this.#spent.turn.then(() => this.#takeTurn(kind));
    this.#spent.turn = turn.catch(() => {});
    return turn;
  }

  async #takeTurn(kind: AllowedRequest['kind']): Promise<void> {
    const isPurge = kind === 'purge';
    const { clock, perSecond, signal } = this.#options;
    if (this.#spent.counts.requests >= REQUESTS_MAX) this.#stop(`${REQUESTS_MAX} requests were sent, the most that a run may send`);
    const ofRequests = this.#spent.lastMs.request + MS_PER_S / perSecond;
    const atMs = isPurge ? Math.max(ofRequests, this.#spent.lastMs.purge + MS_PER_S / PURGES_PER_SECOND_MAX) : ofRequests;
    // A timer may be early by a fraction.
    while (!signal.aborted && this.#spent.stopped === undefined && clock.monotonicMs() < atMs)
      await sleep(clock, atMs - clock.monotonicMs(), signal);
    signal.throwIfAborted();
    if (this.#spent.stopped !== undefined) throw new RailsStopped(this.#spent.stopped);
    this.#spent.counts.requests += 1;
    this.#spent.lastMs.request = clock.monotonicMs();
    if (!isPurge && kind !== 'read' && kind !== 'look') this.#spent.counts.writes += 1;
    if (!isPurge) return;
    this.#spent.counts.purges += 1;
    this.#spent.lastMs.purge = clock.monotonicMs();
  }

  /** Throws RailsStopped where it is the last answer. */
  #lookAt(status: number, what: string): void {
    if (status === TOO_MANY_REQUESTS)
      this.#stop(`${what} was answered with ${status}: the cache wants no more requests; --rate takes fewer a second`);
    if (status < SERVER_ERROR) return;
    this.#spent.counts.serverErrors += 1;
    if (this.#spent.counts.serverErrors >= SERVER_ERRORS_MAX)
      this.#stop(`${what} was answered with ${status}, and ${SERVER_ERRORS_MAX} answers of the run were 5xx: the cache has a problem`);
  }

  #stop(why: string): never {
    this.#spent.stopped ??= `stopped: ${why}; nothing more was sent`;
    this.#spent.ended.resolve(this.#spent.stopped);
    throw new RailsStopped(this.#spent.stopped);
  }
}
