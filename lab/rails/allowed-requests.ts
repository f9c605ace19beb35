/**
 * The requests that the rails let through to one live target: those that its file declares, filled with what this run has made. Whatever is asked
 * is compared with them as a whole, so nothing else passes, by whatever way it was put together.
 */
import type { Asked } from '../../services/runtime/asker.ts';
import type { RacedContent, Way } from '../races/raced-cache.ts';
import { readPathOf, requestOf } from '../races/target-cache.ts';
import type { LiveTarget } from '../targets/target.ts';

type Headers = Readonly<Record<string, string>>;

export interface AllowedRequest {
  /** undefined: a read. */
  readonly way: Way | undefined;
  readonly method: string;
  readonly url: string;
  /** As they are asked for: a secret is a name. */
  readonly headers: Headers;
  /** As they are sent, but for the secrets. */
  readonly sentHeaders: Headers;
}

export interface MadeContent extends RacedContent {
  readonly slug: string;
}

export interface AllowedOptions {
  readonly target: LiveTarget;
  /** Those that may be sent. */
  readonly ways: readonly Way[];
  readonly userAgent: string;
}

/** A read first, then the purges. */
export function requestsFor(content: RacedContent, { target, ways, userAgent }: AllowedOptions): readonly AllowedRequest[] {
  const { live } = target;
  const purged = live['purge-url'] ?? live.url;
  const own = (url: string): Headers => (url === live.url.text ? live.headers : {});
  const ofPurges = target.purges
    .filter(({ mode, type }) => ways.some((way) => way.mode === mode && way.type === type))
    .map(({ mode, type, request }): AllowedRequest => {
      const { method, path, headers } = requestOf({ mode, type, request }, content);
      const sentHeaders = { ...own(purged.text), ...headers, 'user-agent': userAgent };
      return { way: { mode, type }, method, url: `${purged.text}${path}`, headers, sentHeaders };
    });
  return [readOf(content.id, { target, userAgent }), ...ofPurges];
}

function readOf(id: number, { target, userAgent }: Omit<AllowedOptions, 'ways'>): AllowedRequest {
  const { live } = target;
  const url = `${live.url.text}${readPathOf(target, id)}`;
  return { way: undefined, method: 'GET', url, headers: {}, sentHeaders: { ...live.headers, 'user-agent': userAgent } };
}

export class AllowedRequests {
  readonly #options: AllowedOptions;
  readonly #prefix: string;
  readonly #byKey = new Map<string, AllowedRequest>();

  /** `prefix`: of the slugs and tags of this run. */
  constructor(options: AllowedOptions, prefix: string) {
    this.#options = options;
    this.#prefix = prefix;
  }

  /** A content of this run, just made at the origin. The next one of this run has the next id, and may be asked for before it is there. */
  add(content: MadeContent): void {
    for (const name of [content.slug, ...content.tags])
      if (!name.startsWith(`${this.#prefix}-`)) throw new Error(`expected a name of this run, ${this.#prefix}-…, got ${name}`);
    for (const request of [...requestsFor(content, this.#options), readOf(content.id + 1, this.#options)])
      this.#byKey.set(keyOf(request), request);
  }

  /** undefined: no such request may be sent. */
  find({ url, method = 'GET', headers = {}, body }: Omit<Asked, 'deadlineMs'>): AllowedRequest | undefined {
    return body === undefined ? this.#byKey.get(keyOf({ url, method, headers })) : undefined;
  }
}

function keyOf({ method, url, headers }: Pick<AllowedRequest, 'method' | 'url' | 'headers'>): string {
  return JSON.stringify([method, url, Object.entries(headers).sort(([one], [other]) => (one < other ? -1 : 1))]);
}
