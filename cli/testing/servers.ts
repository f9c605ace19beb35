/**
 * Servers of others that a test races or runs: skipped where they are not, but where CI has installed them they must be
 * there.
 */
import { access } from 'node:fs/promises';

const MUST_HAVE = process.env['EDGESYNC_REQUIRE_DOCKER'] === '1';

export async function hasServer(file: string): Promise<boolean> {
  if (MUST_HAVE) return true;
  return access(file).then(
    () => true,
    () => false,
  );
}
