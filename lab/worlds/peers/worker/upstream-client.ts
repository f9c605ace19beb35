/** What a worker asks of its upstream, as an application would: with fetch, for a whole answer. */

export interface Fetched {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const LIFETIME = /max-age=(\d+)/;
const MS_PER_S = 1000;
/** Of one connection or one answer alone. */
const HOP_HEADERS = ['age', 'connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'] as const;
/** What an application keeps: a content, or that there is none. */
const KEPT_STATUSES = [200, 404];

/** Throws for an answer that is not to be kept. */
export async function load(upstream: string, path: string, signal?: AbortSignal): Promise<Fetched> {
  const response = await fetch(`http://${upstream}${path}`, signal === undefined ? {} : { signal });
  const body = await response.text();
  return keepable({ status: response.status, headers: Object.fromEntries(response.headers), body });
}

/** Without what is of one connection. Throws for an answer that is not to be kept. */
export function keepable({ status, headers, body }: Fetched): Fetched {
  if (!KEPT_STATUSES.includes(status)) throw new Error(`expected a content or a 404 of the upstream, got ${status}`);
  const hop: readonly string[] = HOP_HEADERS;
  return { status, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !hop.includes(name))), body };
}

/** How long it may be kept, as the upstream says. */
export function lifetimeMsOf({ headers }: Fetched): number {
  return Number(LIFETIME.exec(headers['cache-control'] ?? '')?.[1] ?? 0) * MS_PER_S;
}

export function tagsOf({ headers }: Fetched): readonly string[] {
  return (headers['surrogate-key'] ?? '').split(' ').filter((tag) => tag !== '');
}
