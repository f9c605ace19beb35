/**
 * The places on this machine that the environment may name. One that is empty or no absolute path is passed over, as
 * the XDG specification asks: it would be another place in each folder the lab is started in, and what one lab left
 * could not be found again by the next.
 */
import { tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import type { Variables } from '../topology/compose-file.ts';

/** Of the user: as the environment says, else as the system knows it. undefined where neither does. */
export function homeFolder(variables: Variables): string | undefined {
  return absolute(variables['HOME']) ?? absolute(systemHome());
}

/** Where what must be found again is kept. Throws InvalidInput where there is no place for it. */
export function stateHome(variables: Variables): string {
  const named = absolute(variables['XDG_STATE_HOME']);
  const home = homeFolder(variables);
  if (named === undefined && home === undefined)
    throw new InvalidInput('expected a home folder for lock and journal, got none: set HOME or XDG_STATE_HOME to an absolute path');
  return named ?? join(home ?? '', '.local/state');
}

/** Where the user's own settings are. */
export function configHome(variables: Variables): string | undefined {
  const home = homeFolder(variables);
  return absolute(variables['XDG_CONFIG_HOME']) ?? (home === undefined ? undefined : join(home, '.config'));
}

/** Of Docker's own command line. */
export function dockerFolder(variables: Variables): string | undefined {
  const home = homeFolder(variables);
  return absolute(variables['DOCKER_CONFIG']) ?? (home === undefined ? undefined : join(home, '.docker'));
}

/** Where sockets of the user's own are. */
export function runtimeFolder(variables: Variables): string | undefined {
  return absolute(variables['XDG_RUNTIME_DIR']);
}

/** Where files are that nobody needs after this process. */
export function temporaryFolder(): string {
  return absolute(tmpdir()) ?? '/tmp';
}

/** Throws InvalidInput: it was asked for by name, so it is not passed over in silence. */
export function refuseRelative(path: string, where: string): void {
  if (isAbsolute(path)) return;
  throw new InvalidInput(`${where}: expected an absolute path, which does not depend on the working folder, got ${JSON.stringify(path)}`);
}

function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** An id that no user has, as some containers run with, has no home. */
function systemHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}
