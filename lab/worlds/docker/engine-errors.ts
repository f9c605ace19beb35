/** What an engine's errors mean, in a sentence with the remedy. */
import { failureInWords } from '../../../services/runtime/request-failure.ts';
import { printable } from '../../input/printable.ts';

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

export function isStatus(error: unknown, status: number): boolean {
  return fieldOf(error, 'statusCode') === status;
}

/** The engine's own words. */
export function errorText(error: unknown): string {
  const said = fieldOf(fieldOf(error, 'json'), 'message');
  return printable(typeof said === 'string' ? said : error instanceof Error ? error.message : String(error)).trim();
}

/** Why no engine answered, and what to do. `address` undefined: there was nothing to ask. */
export function absenceOf(address: string | undefined, error: unknown): string {
  const instead = 'or use --backend embedded, which needs none';
  if (address === undefined)
    return `no Docker engine is here: no DOCKER_HOST, no docker context, no socket. Install and start Docker, ${instead}`;
  const code = fieldOf(error, 'code');
  if (code === 'EACCES' || code === 'EPERM')
    return `no permission on ${address}. Join the group that owns it (sudo usermod -aG docker $USER, then log in again), ${instead}`;
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return `no Docker engine listens on ${address}. Start it (Docker Desktop, or sudo systemctl start docker), ${instead}`;
  // What the system said of the asking itself: no wait had any part in it.
  if (typeof code === 'string')
    return `the Docker engine at ${address} cannot be asked: ${printable(failureInWords(error, 0))}. Mend that, ${instead}`;
  return `the Docker engine at ${address} does not answer within a second (${errorText(error)}). Restart it, ${instead}`;
}
