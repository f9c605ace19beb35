/** What an upstream asks the origin: always the whole answer, for half of a body cannot be held of a HEAD. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface OriginAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface AskOriginOptions {
  /** Of the cache. */
  readonly headers: IncomingHttpHeaders;
  /** An origin that has not answered by then does not answer. Left out: it is waited for. */
  readonly deadlineMs?: number | undefined;
}

/** Rejects where the origin does not answer. */
export function askOrigin(url: string, { headers, deadlineMs }: AskOriginOptions): Promise<OriginAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<OriginAnswer>();
  const condition = headers['if-none-match'];
  const asking = request(url, {
    headers: { accept: 'application/json', ...(condition === undefined ? {} : { 'if-none-match': condition }) },
    ...(deadlineMs === undefined ? {} : { signal: AbortSignal.timeout(deadlineMs) }),
  });
  asking.once('error', reject);
  asking.once('response', (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.once('error', reject);
    response.once('end', () => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(parts) }));
  });
  asking.end();
  return promise;
}
