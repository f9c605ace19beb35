/**
 * The requests that the rails let through to one live target: those that its file declares, filled with what this run
 * has made. Whatever is asked is compared with them as a whole, so nothing else passes, by whatever way it was put
 * together.
 */
import { filledRequest, type PurgeRequest } from '../../services/protocol/purge-ways.ts';
import type { Asked } from '../../services/runtime/asker.ts';
import type { RacedContent, Way } from '../races/raced-cache.ts';
import { readPathOf, requestOf } from '../races/target-cache.ts';
import { originReadOf, templatesOf, type WriteKind } from '../targets/own-origin.ts';
import type { LiveTarget } from '../targets/target.ts';

type Headers = Readonly<Record<string, string>>;

export interface AllowedRequest {
  /** `look`: a read at the origin of the user's own, past the cache. */
  readonly kind: 'read' | 'look' | 'purge' | WriteKind;
  /** Of a purge. */
  readonly way?: Way;
  readonly method: string;
  readonly url: string;
  /** As they are asked for: a secret is a name. */
  readonly headers: Headers;
  /** As they are sent, but for the secrets. */
  readonly sentHeaders: Headers;
  /** But for the secrets. Left out: it has none. */
  readonly body?: string;
}

export interface MadeContent extends RacedContent {
  readonly slug: string;
}

/** As it is to be at the origin after a write. */
export interface WrittenContent extends MadeContent {
  readonly version: number;
  readonly value: string;
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
      const { path, ...filled } = requestOf({ mode, type, request }, content);
      const sentHeaders = { ...own(purged.text), ...filled.headers, 'user-agent': userAgent };
      return { kind: 'purge', way: { mode, type }, url: `${purged.text}${path}`, ...filled, sentHeaders };
    });
  return [readOf(content.id, { target, userAgent }), ...ofPurges];
}

function readOf(id: number, { target, userAgent }: Omit<AllowedOptions, 'ways'>): AllowedRequest {
  const { live } = target;
  const url = `${live.url.text}${readPathOf(target, id)}`;
  return { kind: 'read', method: 'GET', url, headers: {}, sentHeaders: { ...live.headers, 'user-agent': userAgent } };
}

/** A read at the origin of the user's own; undefined: it does not say how. */
export function lookOf(id: number, { target, userAgent }: Omit<AllowedOptions, 'ways'>): AllowedRequest | undefined {
  const { origin } = target.live;
  const template = origin && originReadOf(origin);
  if (origin === undefined || template === undefined) return undefined;
  const { path, ...filled } = filledRequest(template, { id: String(id) });
  const sentHeaders = { ...origin.headers, ...filled.headers, 'user-agent': userAgent };
  return { kind: 'look', url: `${origin.url.text}${path}`, ...filled, sentHeaders };
}

/** A write to the origin of the user's own; undefined: it has no word for it. */
export function writeRequestOf(
  kind: WriteKind,
  content: WrittenContent,
  { target, userAgent }: Omit<AllowedOptions, 'ways'>,
): AllowedRequest | undefined {
  const { origin } = target.live;
  const template = origin && templatesOf(origin).find((one) => one.kind === kind);
  if (origin === undefined || template === undefined) return undefined;
  const { id, version, value, slug, tags } = content;
  const values = { id: String(id), version: String(version), value, slug, tag: tags[0] ?? '' };
  const { path, body, ...filled } = filledRequest(withNumbers(template.request), values);
  const sentHeaders = { ...origin.headers, ...filled.headers, 'user-agent': userAgent };
  return { kind, url: `${origin.url.text}${path}`, ...filled, ...(body === undefined ? {} : { body }), sentHeaders };
}

/** A text of JSON that is the place of the version and nothing else is a number. */
function withNumbers(request: PurgeRequest): PurgeRequest {
  return request.body === undefined ? request : { ...request, body: request.body.replace(/"<version>"(?!\s*:)/g, '<version>') };
}

export class AllowedRequests {
  readonly #options: AllowedOptions;
  readonly #prefix: string;
  readonly #ids = new Set<number>();
  readonly #byKey = new Map<string, AllowedRequest>();

  /** `prefix`: of the slugs and tags of this run. */
  constructor(options: AllowedOptions, prefix: string) {
    this.#options = options;
    this.#prefix = prefix;
  }

  /**
   * A content of this run, just made at the origin. The next one of this run has the next id, and may be asked for
   * before it is there.
   */
  add(content: MadeContent): void {
    this.#assertOfRun(content);
    this.#ids.add(content.id);
    const byTag = content.tags.flatMap((tag) => requestsFor({ ...content, tags: [tag] }, this.#options));
    for (const request of [...requestsFor(content, this.#options), ...byTag, readOf(content.id + 1, this.#options)])
      this.#byKey.set(keyOf(request), request);
  }

  /** A write of a content of this run: a creation makes it one. Throws for any other. */
  write(kind: WriteKind, content: WrittenContent): AllowedRequest {
    this.#assertOfRun(content);
    if (kind !== 'create' && !this.#ids.has(content.id)) throw new Error(`expected an id of this run, got ${content.id}`);
    const request = writeRequestOf(kind, content, this.#options);
    if (request === undefined) throw new Error(`${this.#options.target.name} does not say how a content is written: ${kind}`);
    if (kind === 'create') this.add(content);
    return request;
  }

  /** A read at the origin of a content of this run. Throws for any other. */
  look(id: number): AllowedRequest {
    const request = this.#ids.has(id) ? lookOf(id, this.#options) : undefined;
    if (request === undefined) throw new Error(`expected an id of this run, and live.origin.read, got ${id}`);
    return request;
  }

  #assertOfRun({ slug, tags }: MadeContent): void {
    for (const name of [slug, ...tags])
      if (!name.startsWith(`${this.#prefix}-`)) throw new Error(`expected a name of this run, ${this.#prefix}-…, got ${name}`);
  }

  /** undefined: no such request may be sent. */
  find({ url, method = 'GET', headers = {}, body }: Omit<Asked, 'deadlineMs'>): AllowedRequest | undefined {
    return this.#byKey.get(keyOf({ url, method, headers, ...(body === undefined ? {} : { body }) }));
  }
}

function keyOf({ method, url, headers, body }: Pick<Asked, 'body'> & Pick<AllowedRequest, 'method' | 'url' | 'headers'>): string {
  return JSON.stringify([method, url, body ?? null, Object.entries(headers).sort(([one], [other]) => (one < other ? -1 : 1))]);
}
