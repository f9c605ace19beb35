/** The error of an edge that has no answer for a reader: what it says, and when to come back. */
import { ServiceError } from '../protocol/errors.ts';
import type { OriginUnavailable } from './origin-client.ts';

const RETRY_AFTER_S = 1;
const MS_PER_S = 1000;

/** `cause`: why the origin did not answer. It may know when it will be asked again. */
export function noAnswer(message: string, cause?: OriginUnavailable): ServiceError {
  const retryAfterS = Math.max(RETRY_AFTER_S, Math.ceil((cause?.retryAfterMs ?? 0) / MS_PER_S));
  return new ServiceError('unavailable', message, { ...(cause === undefined ? {} : { cause }), retryAfterS });
}

/** Neither the cache nor the origin. */
export function bothAway(cause: OriginUnavailable): ServiceError {
  return noAnswer(`neither the cache nor the origin answers: ${cause.message}`, cause);
}
