/** What an upstream asks the origin: always the whole answer, for half of a body cannot be held of a HEAD. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

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

/** Of its own: the one of the process may be told by its environment to go through a proxy. */
const agent = new Agent({ keepAlive: true });

/** Rejects where the origin does not answer. */
export function askOrigin(url: string, { headers, deadlineMs }: AskOriginOptions): Promise<OriginAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<OriginAnswer>();
  const condition = headers['if-none-match'];
  const asking = request(url, {
    agent,
    headers: { accept: 'application/json', ...(condition === undefined ? {} : { 'if-none-match': condition }) },
    ...(deadlineMs === undefined ? {} : { signal: AbortSignal.timeout(deadlineMs) }),
  });
  asking.once('error', reject);
  // An answer that is none: of who wants to speak another protocol, or hangs up.
  for (const event of ['upgrade', 'connect'] as const)
    asking.once(event, (_response: unknown, socket: { destroy(): void }) => {
      socket.destroy();
      reject(new Error('expected an answer in HTTP'));
    });
  asking.once('close', () => reject(new Error('the connection was closed')));
  asking.once('response', (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.once('error', reject);
    response.once('end', () => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(parts) }));
  });
  asking.end();
  return promise;
}
