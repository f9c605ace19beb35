/** What the lab asks the origin. */
import { z } from 'zod';
import { type Content, contentAnswer, contentListAnswer, contentMissingAnswer } from '../../services/protocol/content.ts';
import type { PurgeRequest } from '../../services/protocol/invalidation.ts';
import { type OriginHealth, type OriginMetrics, originHealth, originMetrics } from '../../services/protocol/origin-api.ts';
import { bodyOf, Requests } from './requests.ts';
import type { Transport } from './transport.ts';

const LIST_PAGE = 1000;

const deletedAnswer = z.object({ success: z.literal(true), data: z.object({ id: z.int(), version: z.int() }) });

export class OriginRequests {
  readonly #requests: Requests;

  constructor(transport: Transport, originUrl: string) {
    this.#requests = new Requests(transport, originUrl);
  }

  async create(draft: {
    readonly slug: string;
    readonly title: string;
    readonly body: string;
    readonly tags: readonly string[];
  }): Promise<Content> {
    const answer = await this.#requests.expect(201, { method: 'POST', path: '/api/content', body: draft });
    return this.#requests.parse(contentAnswer, answer).data;
  }

  async update(
    id: number,
    change: { readonly title?: string; readonly body?: string; readonly tags?: readonly string[] },
  ): Promise<Content> {
    const answer = await this.#requests.expect(200, { method: 'PUT', path: `/api/content/${id}`, body: change });
    return this.#requests.parse(contentAnswer, answer).data;
  }

  /** Answers the version of the deletion. */
  async delete(id: number): Promise<number> {
    const answer = await this.#requests.expect(200, { method: 'DELETE', path: `/api/content/${id}` });
    return this.#requests.parse(deletedAnswer, answer).data.version;
  }

  async purge(request: PurgeRequest): Promise<void> {
    await this.#requests.expect(202, { method: 'POST', path: '/api/invalidate', body: request });
  }

  /** What the origin holds: a version, and whether that is a deletion. */
  async originVersion(id: number): Promise<{ readonly version: number; readonly deleted: boolean }> {
    const answer = await this.#requests.send({ method: 'GET', path: `/api/content/${id}` });
    if (answer.status === 404) return { version: this.#requests.parse(contentMissingAnswer, answer.body).version, deleted: true };
    return { version: this.#requests.parse(contentAnswer, bodyOf(200, answer)).data.version, deleted: false };
  }

  async list(): Promise<Content[]> {
    const contents: Content[] = [];
    for (let after: number | null = 0; after !== null; ) {
      const path: string = `/api/content?limit=${LIST_PAGE}&after=${after}`;
      const page = this.#requests.parse(contentListAnswer, await this.#requests.expect(200, { method: 'GET', path }));
      contents.push(...page.data);
      after = page.next;
    }
    return contents;
  }

  async originMetrics(signal?: AbortSignal): Promise<OriginMetrics> {
    return this.#requests.parse(originMetrics, await this.#requests.expect(200, { method: 'GET', path: '/metrics', signal }));
  }

  /** Whatever its status: an origin that cannot serve says so, too. */
  async originHealth(signal?: AbortSignal): Promise<OriginHealth> {
    return this.#requests.parse(originHealth, (await this.#requests.send({ method: 'GET', path: '/health', signal })).body);
  }
}
