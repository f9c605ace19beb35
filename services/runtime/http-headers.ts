/**
 * What the headers of an answer may hold: ASCII, and of what an origin said each byte as one character (RFC 9110,
 * section 5.5).
 */
import type { HttpAnswer } from './route.ts';

const NOT_ASCII = /[\x80-\uffff]/;

export function isAscii(headers: NonNullable<HttpAnswer['headers']>): boolean {
  for (const name in headers) if (NOT_ASCII.test(headers[name] as string)) return false;
  return true;
}
