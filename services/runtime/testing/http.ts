/**
 * One HTTP exchange, byte for byte as a test wants it: any Host, any path, any body. `fetch` would mend half of them.
 */
import { type IncomingHttpHeaders, request as startRequest } from 'node:http';
import { connect } from 'node:net';
import { z } from 'zod';

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go out as they are; anything else as JSON, with its content type. */
  readonly body?: unknown;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body parsed; undefined when it is empty or no JSON. */
  readonly json: unknown;
}

/** Every error body, and nothing beside it but a version. */
export const errorAnswer = z.strictObject({
  success: z.literal(false),
  error: z.string().min(1),
  code: z.string(),
  version: z.int().nonnegative().optional(),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toBytes(body: unknown): Uint8Array | string | undefined {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
}

export function exchange(port: number, { method = 'GET', path, headers = {}, body }: Sent): Promise<Got> {
  const bytes = toBytes(body);
  const typed = bytes === undefined || bytes === body ? {} : { 'content-type': 'application/json' };
  const length = bytes === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': String(Buffer.byteLength(bytes)) };
  return new Promise((resolve, reject) => {
    const sent = startRequest({ port, host: '127.0.0.1', agent: false, method, path, headers: { ...typed, ...length, ...headers } });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    sent.end(bytes);
  });
}

/** The one answer in what came back. */
export function parseAnswer(text: string): { readonly status: number; readonly head: string; readonly json: unknown } {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]), head, json: parsed(body) };
}

/** Sends these bytes and answers everything that comes back until the server closes the connection. */
export function exchangeRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}
