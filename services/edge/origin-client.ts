/**
 * The port to the origin, and its adapter over HTTP (undici, owned by this file). Every call has a deadline, so that a
 * dead connection cannot hold a revalidation, and with it a stale entry, for ever.
 */
import { Pool } from 'undici';
import { type Content, contentAnswer, contentMissingAnswer } from '../protocol/content.ts';
import { FETCH_DEADLINE_MS } from '../protocol/edge-api.ts';
import { readDate } from '../runtime/http-date.ts';
import { failureInWords, parseAnswer } from '../runtime/request-failure.ts';

export interface AnswerTimes {
  /** How old the answer was when it came, by its own word. Left out: new. */
  readonly ageMs?: number;
  /**
   * Wall clock of the origin when it made the answer, to the second. Left out: it does not say, or something between
   * has kept the answer.
   */
  readonly dateMs?: number;
}

export type OriginAnswer = AnswerTimes &
  (
    | { readonly kind: 'content'; readonly content: Content; readonly etag: string }
    /** 404: the last version of a deleted id, 0 for one never created. */
    | { readonly kind: 'missing'; readonly version: number }
    /** 304: the version asked about is the current one. */
    | { readonly kind: 'unchanged' }
  );

export interface OriginListing {
  readonly status: number;
  readonly body: unknown;
}

export interface OriginClient {
  /** Throws OriginUnavailable when there is no usable answer within the deadline. */
  fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer>;
  /** `GET /api/content` as the origin answers it. `query` is passed on, with its `?`. */
  list(query: string): Promise<OriginListing>;
  /** Whether the origin answers at all, asked anew. */
  answers(): Promise<boolean>;
  close(): Promise<void>;
}

export interface Unavailability {
  readonly cause?: unknown;
  /** The origin is there, and refuses this call: 400 to 499. Left out: it is not. */
  readonly isAnswer?: boolean;
  /** It was not asked, and will be then. Left out: it was asked. */
  readonly retryAfterMs?: number;
}

/** No usable answer from the origin. */
export class OriginUnavailable extends Error {
  readonly isAnswer: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { cause, isAnswer = false, retryAfterMs }: Unavailability = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'OriginUnavailable';
    this.isAnswer = isAnswer;
    this.retryAfterMs = retryAfterMs;
  }
}

const CONNECTIONS_MAX = 64;
const MS_PER_S = 1000;
const AGE_S_MAX = 2 ** 31;

/** An answer of the origin's as it comes. */
export interface RawOriginAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  /** Of the header `age`, in s: what stands between may have kept the answer. */
  readonly age?: string | undefined;
  readonly date?: string | undefined;
  readonly body: unknown;
}

/** Throws OriginUnavailable for what is no answer to a fetch. */
export function toOriginAnswer({ status, etag, body, ...said }: RawOriginAnswer, url: string): OriginAnswer {
  const times = timesOf(said);
  if (status === 304) return { kind: 'unchanged', ...times };
  if (status === 200) {
    const answer = contentAnswer.safeParse(body);
    if (answer.success && etag !== undefined) return { kind: 'content', content: answer.data.data, etag, ...times };
  }
  if (status === 404) {
    const answer = contentMissingAnswer.safeParse(body);
    if (answer.success) return { kind: 'missing', version: answer.data.version, ...times };
  }
  throw new OriginUnavailable(`expected 200, 304 or 404 with a body from ${url}, got ${status}`, { isAnswer: isRefusal(status) });
}

function timesOf({ age, date }: Pick<RawOriginAnswer, 'age' | 'date'>): AnswerTimes {
  const dateMs = age === undefined ? readDate(date) : undefined;
  const ageS = age === undefined ? 0 : readAge(age);
  return { ...(ageS > 0 ? { ageMs: ageS * MS_PER_S } : {}), ...(dateMs === undefined ? {} : { dateMs }) };
}

/**
 * In s. Of a list the first counts, and above its bound the bound (RFC 9111, sections 5.1 and 1.2.2); what is no age is
 * ignored.
 */
function readAge(age: string): number {
  const [first] = /^\d+(?=\s*(?:,|$))/.exec(age) ?? [];
  return Math.min(AGE_S_MAX, Number(first ?? 0));
}

/** The origin is there, and refuses the request. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500;
}

export class HttpOriginClient implements OriginClient {
  readonly #pool: Pool;
  readonly #url: string;

  /** `beside`: connections for what readers must not wait behind. */
  constructor(url: string, { beside = 0 }: { readonly beside?: number } = {}) {
    this.#url = url;
    this.#pool = new Pool(url, { connections: CONNECTIONS_MAX + beside, connect: { timeout: FETCH_DEADLINE_MS } });
  }

  async fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    return toOriginAnswer(await this.#get(`/api/content/${id}`, ifNoneMatch), this.#url);
  }

  async list(query: string): Promise<OriginListing> {
    const { status, body } = await this.#get(`/api/content${query}`);
    if (status >= 500) throw new OriginUnavailable(`expected a listing from ${this.#url}, got ${status}`);
    return { status, body };
  }

  async answers(): Promise<boolean> {
    return this.#get('/health').then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #get(path: string, ifNoneMatch?: string): Promise<RawOriginAnswer> {
    let status = 0;
    try {
      const response = await this.#pool.request({
        method: 'GET',
        path,
        headers: ifNoneMatch === undefined ? {} : { 'if-none-match': ifNoneMatch },
        signal: AbortSignal.timeout(FETCH_DEADLINE_MS),
      });
      status = response.statusCode;
      const bytes = await response.body.bytes();
      const { etag, age, date } = response.headers;
      return {
        status,
        etag: typeof etag === 'string' ? etag : undefined,
        age: Array.isArray(age) ? age[0] : age,
        date: typeof date === 'string' ? date : undefined,
        body: bytes.length === 0 ? undefined : parseAnswer(status, bytes),
      };
    } catch (error) {
      const message = `no usable answer from ${this.#url}: ${failureInWords(error, FETCH_DEADLINE_MS)}`;
      throw new OriginUnavailable(message, { cause: error, isAnswer: isRefusal(status) });
    }
  }
}
