/** The body of a request: JSON in UTF-8, kept as it is or refused. Nothing is decoded that could be changed by it. */
import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../protocol/errors.ts';
import { InexactJson, MalformedJson, parseExactJson } from '../protocol/exact-json.ts';

/**
 * What the headers say of the body. Throws ServiceError for what would be read as something else.
 * Compressed bodies are not taken: what follows the end of the compressed part is dropped by every decoder Node has.
 */
export function checkBodyHeaders(headers: IncomingHttpHeaders): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody) return;
  checkType(headers['content-type'] ?? '');
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity')
    throw new ServiceError('unsupported_media_type', `expected no content-encoding, got ${JSON.stringify(coding)}`);
  // A part would be taken for the whole (RFC 9110, section 14.5).
  if (headers['content-range'] !== undefined) throw new ServiceError('invalid_field', 'content-range: expected a whole body, got a part');
}

function checkType(contentType: string): void {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (type !== 'application/json')
    throw new ServiceError('unsupported_media_type', `expected content-type application/json, got ${JSON.stringify(contentType)}`);
  const charset = parameters.find((parameter) => parameter.startsWith('charset=') && !/^charset="?utf-8"?$/.test(parameter));
  if (charset !== undefined) throw new ServiceError('unsupported_media_type', `expected JSON in UTF-8, got ${charset}`);
}

/** undefined of an empty body. Throws `malformed_json`, or `invalid_field` naming the path of what would be changed. */
export function readBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return parseExactJson(bytes);
  } catch (error) {
    if (error instanceof MalformedJson) throw new ServiceError('malformed_json', `body: ${error.message}`, { cause: error });
    if (error instanceof InexactJson)
      throw new ServiceError('invalid_field', `${error.path || 'body'}: ${error.message}`, { cause: error });
    throw error;
  }
}
