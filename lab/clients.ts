/**
 * The lab's own HTTP to a world (undici, owned by this file): straight to the published ports, past every link a fault
 * could sit on. Every answer is parsed with the schema the service declares it by.
 */
import { Agent } from 'undici';
import { z } from 'zod';
import { type Content, contentAnswer, contentListAnswer, contentMissingAnswer } from '../services/protocol/content.ts';
import {
  type EdgeConfig,
  type EdgeConfigChange,
  type EdgeHealth,
  type EdgeMetrics,
  edgeConfigAnswer,
  edgeEntriesAnswer,
  edgeHealth,
  edgeMetrics,
  edgeMissingAnswer,
  edgeReadAnswer,
  type VersionRow,
} from '../services/protocol/edge-api.ts';
import { SERVICE_ERRORS, type ServiceErrorCode } from '../services/protocol/errors.ts';
import type { PurgeRequest } from '../services/protocol/invalidation.ts';
import { type OriginHealth, type OriginMetrics, originHealth, originMetrics } from '../services/protocol/origin-api.ts';

const DEADLINE_MS = 5_000;
const CONNECTIONS_MAX = 64;
const LIST_PAGE = 1000;

const errorBody = z.object({ success: z.literal(false), error: z.string(), code: z.string() });
const deletedAnswer = z.object({ success: z.literal(true), data: z.object({ id: z.int(), version: z.int() }) });

/** The service refused or did not answer. `definite`: the request certainly had no effect. */
export class CallFailed extends Error {
  readonly definite: boolean;

  constructor(message: string, definite: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CallFailed';
    this.definite = definite;
  }
}

export interface EdgeRead {
  readonly found: boolean;
  readonly version: number;
  readonly source: 'cache' | 'origin';
  readonly status: 'fresh' | 'stale';
  /** When the edge asked the origin: wall clock, ms since 1970. */
  readonly cachedAt: number;
  /** undefined of a 404. */
  readonly body: string | undefined;
}

/** The admin routes of an edge. */
export interface EdgeAdmin {
  readonly url: string;
  readonly token: string;
}

interface Call {
  readonly token?: string;
  /** Ends the call before its deadline. */
  readonly signal?: AbortSignal | undefined;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
}

interface RawAnswer {
  readonly status: number;
  readonly body: unknown;
}

export class Clients {
  readonly #agent = new Agent({ connections: CONNECTIONS_MAX, connect: { timeout: DEADLINE_MS } });
  readonly #originUrl: string;

  constructor(originUrl: string) {
    this.#originUrl = originUrl;
  }

  async create(draft: {
    readonly slug: string;
    readonly title: string;
    readonly body: string;
    readonly tags: readonly string[];
  }): Promise<Content> {
    return contentAnswer.parse(await this.#expect(201, { method: 'POST', url: `${this.#originUrl}/api/content`, body: draft })).data;
  }

  async update(id: number, change: { readonly title?: string; readonly body?: string }): Promise<Content> {
    return contentAnswer.parse(await this.#expect(200, { method: 'PUT', url: `${this.#originUrl}/api/content/${id}`, body: change })).data;
  }

  /** Answers the version of the deletion. */
  async delete(id: number): Promise<number> {
    return deletedAnswer.parse(await this.#expect(200, { method: 'DELETE', url: `${this.#originUrl}/api/content/${id}` })).data.version;
  }

  async purge(request: PurgeRequest): Promise<void> {
    await this.#expect(202, { method: 'POST', url: `${this.#originUrl}/api/invalidate`, body: request });
  }

  /** What the origin holds: a version, and whether that is a deletion. */
  async originVersion(id: number): Promise<{ readonly version: number; readonly deleted: boolean }> {
    const answer = await this.#call({ method: 'GET', url: `${this.#originUrl}/api/content/${id}` });
    if (answer.status === 404) return { version: contentMissingAnswer.parse(answer.body).version, deleted: true };
    return { version: contentAnswer.parse(check(200, answer)).data.version, deleted: false };
  }

  async list(): Promise<Content[]> {
    const contents: Content[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const url: string = `${this.#originUrl}/api/content?limit=${LIST_PAGE}&after=${after}`;
      const page = contentListAnswer.parse(await this.#expect(200, { method: 'GET', url }));
      contents.push(...page.data);
      after = page.next;
    }
    return contents;
  }

  async read(edgeUrl: string, id: number): Promise<EdgeRead> {
    const answer = await this.#call({ method: 'GET', url: `${edgeUrl}/api/content/${id}` });
    if (answer.status === 404) {
      const { version, source, status, cached_at } = edgeMissingAnswer.parse(answer.body);
      return { found: false, version, source, status, cachedAt: Date.parse(cached_at), body: undefined };
    }
    const { data, source, status, cached_at } = edgeReadAnswer.parse(check(200, answer));
    return { found: true, version: data.version, source, status, cachedAt: Date.parse(cached_at), body: data.body };
  }

  async edgeMetrics(edgeUrl: string, signal?: AbortSignal): Promise<EdgeMetrics> {
    return edgeMetrics.parse(await this.#expect(200, { method: 'GET', url: `${edgeUrl}/metrics`, signal }));
  }

  /** Whatever its status: an edge that cannot serve says so, too. */
  async edgeHealth(edgeUrl: string, signal?: AbortSignal): Promise<EdgeHealth> {
    return edgeHealth.parse((await this.#call({ method: 'GET', url: `${edgeUrl}/health`, signal })).body);
  }

  async edgeConfig({ url, token }: EdgeAdmin): Promise<EdgeConfig> {
    return edgeConfigAnswer.parse(await this.#expect(200, { method: 'GET', url: `${url}/admin/config`, token })).data;
  }

  async configureEdge({ url, token }: EdgeAdmin, change: EdgeConfigChange): Promise<void> {
    await this.#expect(200, { method: 'PUT', url: `${url}/admin/config`, token, body: change });
  }

  async flushEdge({ url, token }: EdgeAdmin): Promise<void> {
    await this.#expect(200, { method: 'POST', url: `${url}/admin/flush`, token });
  }

  /** The entries of its cache, at most 10,000. */
  async edgeEntries({ url, token }: EdgeAdmin): Promise<readonly VersionRow[]> {
    return edgeEntriesAnswer.parse(await this.#expect(200, { method: 'GET', url: `${url}/admin/entries?limit=10000`, token })).data;
  }

  async originMetrics(signal?: AbortSignal): Promise<OriginMetrics> {
    return originMetrics.parse(await this.#expect(200, { method: 'GET', url: `${this.#originUrl}/metrics`, signal }));
  }

  async originHealth(signal?: AbortSignal): Promise<OriginHealth> {
    return originHealth.parse((await this.#call({ method: 'GET', url: `${this.#originUrl}/health`, signal })).body);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #expect(status: number, call: Call): Promise<unknown> {
    return check(status, await this.#call(call));
  }

  async #call({ method, url, body, token, signal }: Call): Promise<RawAnswer> {
    const { origin, pathname, search } = new URL(url);
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    try {
      const response = await this.#agent.request({
        origin,
        path: `${pathname}${search}`,
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([AbortSignal.timeout(DEADLINE_MS), ...(signal === undefined ? [] : [signal])]),
      });
      return { status: response.statusCode, body: await response.body.json() };
    } catch (error) {
      throw new CallFailed(`${method} ${url}: no answer within ${DEADLINE_MS} ms`, isRefusal(error), error);
    }
  }
}

/** A connection that was never made carried no request. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

function check(expected: number, { status, body }: RawAnswer): unknown {
  if (status === expected) return body;
  const parsed = errorBody.safeParse(body);
  const known = parsed.success && parsed.data.code in SERVICE_ERRORS ? SERVICE_ERRORS[parsed.data.code as ServiceErrorCode] : undefined;
  throw new CallFailed(
    `expected ${expected}, got ${status}: ${parsed.success ? parsed.data.error : 'no readable body'}`,
    known?.definite ?? status < 500,
  );
}
