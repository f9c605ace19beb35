/**
 * Answers to what never becomes a request for Express, among them all that Node would answer by itself with an empty
 * body.
 */
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ServiceError } from '../protocol/errors.ts';
import { systemClock } from './clock.ts';
import { dateOf } from './http-date.ts';

const CONTENT_TYPE = 'application/json; charset=utf-8';
/**
 * To a connection that is refused: as long as its sender may go on sending what nobody reads, so that it gets to read
 * the answer.
 */
const LINGER_MS = 1_000;

/** Headers that belong to an error of this kind. */
export function headersOf(error: ServiceError): Readonly<Record<string, string>> {
  return {
    ...(error.retryAfterS === undefined ? {} : { 'retry-after': String(error.retryAfterS) }),
    ...(error.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
    // What would have been taken (RFC 9110, section 15.5.16).
    ...(error.code === 'unsupported_media_type' ? { accept: 'application/json', 'accept-encoding': 'identity' } : {}),
  };
}

export function refuse(response: ServerResponse, error: ServiceError): void {
  const text = JSON.stringify(error.body());
  const headers = { 'content-type': CONTENT_TYPE, 'content-length': Buffer.byteLength(text) };
  response.writeHead(error.status, { ...headers, ...headersOf(error) }).end(text);
}

/** What Node's parser found, in our words. */
function toServiceError(error: Error & { readonly code?: string; readonly reason?: unknown }): ServiceError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ServiceError('headers_too_large', 'expected headers of at most 16 KiB in all', { cause: error });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ServiceError('body_too_large', 'expected chunk extensions of at most 16 KiB in all', { cause: error });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ServiceError('request_timeout', 'expected the whole request sooner', { cause: error });
    default: {
      const why = typeof error.reason === 'string' ? `: ${error.reason}` : '';
      return new ServiceError('malformed_request', `expected a request in HTTP/1.1${why}`, { cause: error });
    }
  }
}

function rawAnswer(error: ServiceError): string {
  const text = JSON.stringify(error.body());
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `date: ${dateOf(systemClock)}`,
    `content-type: ${CONTENT_TYPE}`,
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
    '',
    text,
  ].join('\r\n');
}

function endWith(socket: Duplex, error: ServiceError): void {
  socket.end(rawAnswer(error));
  const cut = systemClock.setTimer(LINGER_MS, () => socket.destroy());
  socket.once('close', () => cut.cancel());
}

/**
 * Answers in JSON what Node refuses before there is a request, or in the middle of its body. A connection on which an
 * answer to an earlier request is still to come is cut instead: the refusal would be taken for that answer.
 */
export function answerRefusals(server: Server): void {
  /** Of each connection the last answer that was begun. */
  const last = new WeakMap<Duplex, ServerResponse>();
  server.on('request', (request, response) => void last.set(request.socket, response));
  const end = (socket: Duplex, error: ServiceError) => {
    const answer = last.get(socket);
    const isOver = answer === undefined || answer.writableFinished;
    if (!socket.writable || !(isOver || (!answer.req.complete && !answer.headersSent))) socket.destroy();
    else endWith(socket, error);
  };
  server.on('clientError', (error, socket) => {
    // Each further piece of what cannot be read is told again.
    if (!socket.writableEnded) end(socket, toServiceError(error));
  });
  server.on('checkExpectation', (request, response) => {
    const got = JSON.stringify(request.headers.expect);
    refuse(response, new ServiceError('expectation_failed', `expect: expected 100-continue or none, got ${got}`));
  });
  server.on('connect', (_request, socket) =>
    end(socket, new ServiceError('invalid_field', 'target: expected a path or an http: URL, got a tunnel to be opened')),
  );
}
