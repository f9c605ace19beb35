/**
 * The lab's own requests to a world: what they ask, and every answer parsed with the schema the service declares it by. How they travel is
 * the world's (`transport.ts`).
 */
import { z } from 'zod';
import { type Content, contentAnswer, contentListAnswer, contentMissingAnswer } from '../../services/protocol/content.ts';
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
} from '../../services/protocol/edge-api.ts';
import { SERVICE_ERRORS, type ServiceErrorCode } from '../../services/protocol/errors.ts';
import type { PurgeRequest } from '../../services/protocol/invalidation.ts';
import { type OriginHealth, type OriginMetrics, originHealth, originMetrics } from '../../services/protocol/origin-api.ts';
import { type Call, CallFailed, type RawAnswer, type Transport } from './transport.ts';

const LIST_PAGE = 1000;

const errorBody = z.object({ success: z.literal(false), error: z.string(), code: z.string() });
const deletedAnswer = z.object({ success: z.literal(true), data: z.object({ id: z.int(), version: z.int() }) });

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

export class Clients {
  readonly #transport: Transport;
  readonly #originUrl: string;

  constructor(originUrl: string, transport: Transport) {
    this.#originUrl = originUrl;
    this.#transport = transport;
  }

  async create(draft: {
    readonly slug: string;
    readonly title: string;
    readonly body: string;
    readonly tags: readonly string[];
  }): Promise<Content> {
    return this.#parse(contentAnswer, await this.#expect(201, { method: 'POST', base: this.#originUrl, path: '/api/content', body: draft }))
      .data;
  }

  async update(id: number, change: { readonly title?: string; readonly body?: string }): Promise<Content> {
    return this.#parse(
      contentAnswer,
      await this.#expect(200, { method: 'PUT', base: this.#originUrl, path: `/api/content/${id}`, body: change }),
    ).data;
  }

  /** Answers the version of the deletion. */
  async delete(id: number): Promise<number> {
    return this.#parse(deletedAnswer, await this.#expect(200, { method: 'DELETE', base: this.#originUrl, path: `/api/content/${id}` })).data
      .version;
  }

  async purge(request: PurgeRequest): Promise<void> {
    await this.#expect(202, { method: 'POST', base: this.#originUrl, path: '/api/invalidate', body: request });
  }

  /** What the origin holds: a version, and whether that is a deletion. */
  async originVersion(id: number): Promise<{ readonly version: number; readonly deleted: boolean }> {
    const answer = await this.#transport.call({ method: 'GET', base: this.#originUrl, path: `/api/content/${id}` });
    if (answer.status === 404) return { version: this.#parse(contentMissingAnswer, answer.body).version, deleted: true };
    return { version: this.#parse(contentAnswer, check(200, answer)).data.version, deleted: false };
  }

  async list(): Promise<Content[]> {
    const contents: Content[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const path: string = `/api/content?limit=${LIST_PAGE}&after=${after}`;
      const page = this.#parse(contentListAnswer, await this.#expect(200, { method: 'GET', base: this.#originUrl, path }));
      contents.push(...page.data);
      after = page.next;
    }
    return contents;
  }

  async read(edgeUrl: string, id: number): Promise<EdgeRead> {
    const answer = await this.#transport.call({ method: 'GET', base: edgeUrl, path: `/api/content/${id}` });
    if (answer.status === 404) {
      const { version, source, status, cached_at } = this.#parse(edgeMissingAnswer, answer.body);
      return { found: false, version, source, status, cachedAt: Date.parse(cached_at), body: undefined };
    }
    const { data, source, status, cached_at } = this.#parse(edgeReadAnswer, check(200, answer));
    return { found: true, version: data.version, source, status, cachedAt: Date.parse(cached_at), body: data.body };
  }

  async edgeMetrics(edgeUrl: string, signal?: AbortSignal): Promise<EdgeMetrics> {
    return this.#parse(edgeMetrics, await this.#expect(200, { method: 'GET', base: edgeUrl, path: '/metrics', signal }));
  }

  /** Whatever its status: an edge that cannot serve says so, too. */
  async edgeHealth(edgeUrl: string, signal?: AbortSignal): Promise<EdgeHealth> {
    return this.#parse(edgeHealth, (await this.#transport.call({ method: 'GET', base: edgeUrl, path: '/health', signal })).body);
  }

  async edgeConfig({ url, token }: EdgeAdmin): Promise<EdgeConfig> {
    return this.#parse(edgeConfigAnswer, await this.#expect(200, { method: 'GET', base: url, path: '/admin/config', token })).data;
  }

  async configureEdge({ url, token }: EdgeAdmin, change: EdgeConfigChange): Promise<void> {
    await this.#expect(200, { method: 'PUT', base: url, path: '/admin/config', token, body: change });
  }

  async flushEdge({ url, token }: EdgeAdmin): Promise<void> {
    await this.#expect(200, { method: 'POST', base: url, path: '/admin/flush', token });
  }

  /** The entries of its cache, at most 10,000. */
  async edgeEntries({ url, token }: EdgeAdmin): Promise<readonly VersionRow[]> {
    return this.#parse(edgeEntriesAnswer, await this.#expect(200, { method: 'GET', base: url, path: '/admin/entries?limit=10000', token }))
      .data;
  }

  async originMetrics(signal?: AbortSignal): Promise<OriginMetrics> {
    return this.#parse(originMetrics, await this.#expect(200, { method: 'GET', base: this.#originUrl, path: '/metrics', signal }));
  }

  async originHealth(signal?: AbortSignal): Promise<OriginHealth> {
    return this.#parse(originHealth, (await this.#transport.call({ method: 'GET', base: this.#originUrl, path: '/health', signal })).body);
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #expect(status: number, call: Call): Promise<unknown> {
    return check(status, await this.#transport.call(call));
  }

  #parse<T>(schema: z.ZodType<T>, body: unknown): T {
    return this.#transport.isTrusted ? (body as T) : schema.parse(body);
  }
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
