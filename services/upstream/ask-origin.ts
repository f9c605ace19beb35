/** What the origin answers to a request of a cache, whole: it is held and changed before the cache has any of it. */
import { type IncomingMessage, request } from 'node:http';

export interface OriginAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface AskOriginOptions {
  /** With no path. */
  readonly originUrl: string;
  /** An origin that has not answered by then does not answer. Left out: it is waited for. */
  readonly deadlineMs?: number | undefined;
}

/** Rejects where the origin does not answer. */
export function askOrigin(
  { method, headers, url = '/' }: IncomingMessage,
  { originUrl, deadlineMs }: AskOriginOptions,
): Promise<OriginAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<OriginAnswer>();
  const condition = headers['if-none-match'];
  const asking = request(`${originUrl}${url}`, {
    // Half of a body cannot be held of a HEAD.
    method: method === 'HEAD' ? 'GET' : (method ?? 'GET'),
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
