/**
 * Why a request had no usable answer, in words. Libraries wrap what the system said in errors of their own; what helps
 * whoever reads of it is at the bottom: that the connection was refused, that no file could be opened any more. A
 * deadline is only told where it was one.
 */
import { MalformedJson, parseExactJson } from '../protocol/exact-json.ts';

/** By the code of the error. */
const CAUSES: ReadonlyMap<string, string> = new Map([
  ['EMFILE', 'this process may open no more files and connections; raise its limit: ulimit -n'],
  ['ENFILE', 'this machine may open no more files and connections'],
  ['ENOBUFS', 'this machine has no memory left for connections'],
  ['EADDRNOTAVAIL', 'no local port is left to connect from'],
  ['ECONNREFUSED', 'the connection was refused, nothing listens there'],
  ['ECONNRESET', 'the connection was reset before the answer was there'],
  ['ECONNABORTED', 'the connection was reset before the answer was there'],
  ['EPIPE', 'the connection was closed before the request was sent'],
  ['ENETUNREACH', 'there is no way to that network from here'],
  ['ENETDOWN', 'the network is down'],
  ['EHOSTUNREACH', 'there is no way to that host from here'],
  ['ETIMEDOUT', 'the system gave the connection up'],
  ['ENOTFOUND', 'no host of that name is known'],
  ['EAI_AGAIN', 'names of hosts cannot be looked up'],
  ['EACCES', 'the system does not allow it'],
  ['EPERM', 'the system does not allow it'],
  ['UND_ERR_SOCKET', 'the connection was closed before the answer was there'],
  ['UND_ERR_ABORTED', 'it was given up'],
  ['UND_ERR_CLOSED', 'the client has been closed'],
  ['UND_ERR_DESTROYED', 'the client has been closed'],
]);
/** Errors of a library that stand for a deadline. */
const DEADLINES: readonly string[] = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];
const NO_CONNECTION = 'UND_ERR_CONNECT_TIMEOUT';
const CHAIN_MAX = 10;
const SHOWN_LENGTH_MAX = 60;

/** An answer was there, and its body is not what it should be. */
class NoJson extends Error {
  override readonly name = 'NoJson';

  constructor(status: number, text: string, cause: unknown) {
    const begins = text.slice(0, SHOWN_LENGTH_MAX).replaceAll(/\s+/g, ' ').trim();
    super(`expected JSON, got ${status} with ${begins === '' ? 'no body' : `a body that begins ${JSON.stringify(begins)}`}`, { cause });
  }
}

/** Throws NoJson that shows how the body begins; InexactJson for one that would be changed by being read. */
export function parseAnswer(status: number, body: string | Uint8Array): unknown {
  try {
    return parseExactJson(body);
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
    throw new NoJson(status, typeof body === 'string' ? body : new TextDecoder().decode(body), error);
  }
}

/** `deadlineMs`: how long the request was given. */
export function failureInWords(error: unknown, deadlineMs: number): string {
  const chain = chainOf(error);
  for (const one of chain) {
    if (one.name === 'TimeoutError' || DEADLINES.includes(one.code)) return `no answer within ${deadlineMs} ms`;
    if (one.code === NO_CONNECTION) return `no connection within ${deadlineMs} ms`;
    if (one.name === 'NoJson') return one.message;
    const words = CAUSES.get(one.code);
    if (words !== undefined) return `${words} (${one.code})`;
  }
  if (chain.some(({ name }) => name === 'AbortError')) return 'it was given up';
  const [last] = chain.filter(({ message }) => message !== '').slice(-1);
  return last === undefined ? 'for no reason that is known' : `${last.message}${last.code === '' ? '' : ` (${last.code})`}`;
}

/** No connection was made, so no request can have arrived. */
export function isNeverSent(error: unknown): boolean {
  const chain = chainOf(error);
  return chain.some(({ syscall, code }) => syscall === 'connect' || code === NO_CONNECTION);
}

interface Link {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly syscall: string;
}

/** The error, what caused it, and so on; of several tried side by side each. */
function chainOf(error: unknown): readonly Link[] {
  const links: Link[] = [];
  const waiting = [error];
  for (let at = 0; at < waiting.length && links.length < CHAIN_MAX; at += 1) {
    const next = waiting[at];
    if (typeof next !== 'object' || next === null) continue;
    const textOf = (key: string) => {
      const value: unknown = Reflect.get(next, key);
      return typeof value === 'string' ? value : '';
    };
    links.push({ name: textOf('name'), message: textOf('message'), code: textOf('code'), syscall: textOf('syscall') });
    waiting.push(Reflect.get(next, 'cause'), ...(next instanceof AggregateError ? next.errors : []));
  }
  return links;
}
