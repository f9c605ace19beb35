/** Who may use the admin routes of a service. */
import { timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../protocol/errors.ts';

/** Compared in constant time. Throws `forbidden` without a token set, `unauthorized` for a wrong one. */
export function checkToken(adminToken: string, authorization: string | undefined): void {
  if (adminToken === '') throw new ServiceError('forbidden', 'the admin routes are off: ADMIN_TOKEN is not set');
  const expected = Buffer.from(`Bearer ${adminToken}`);
  const got = Buffer.from(authorization ?? '');
  if (expected.length !== got.length || !timingSafeEqual(expected, got)) {
    throw new ServiceError('unauthorized', 'expected Authorization: Bearer with the admin token');
  }
}
