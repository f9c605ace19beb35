/** Servers whose answer is of no use, and what is said of each, whatever asks them. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export const UNUSABLE_ANSWERS: readonly [what: string, handle: Handle, words: RegExp][] = [
  [
    'a server that ends half way',
    (_request, response) => void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
    /: the connection was closed before the answer was there/,
  ],
  [
    'a server of something else',
    (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>It works!</h1>'),
    /: expected JSON, got 200 with a body that begins "<h1>It works!<\/h1>"$/,
  ],
];
