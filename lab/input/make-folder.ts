/**
 * A folder and those above it, where they are not there yet. Node's own `recursive` never ends below /proc: there a
 * folder that is there says that the one to be made in it has none above it, and is asked again.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** `mode`: of what is made. Rejects with the system's error where it cannot be made, or is something else. */
export async function makeFolder(path: string, mode: number): Promise<void> {
  const whole = resolve(path);
  const failure = await make(whole, mode);
  if (failure === undefined) return;
  const above = dirname(whole);
  if (codeOf(failure) !== 'ENOENT' || above === whole) throw failure;
  await makeFolder(above, mode);
  const again = await make(whole, mode);
  if (again !== undefined) throw again;
}

/** What was wrong; undefined: it is there now. */
async function make(path: string, mode: number): Promise<unknown> {
  try {
    await mkdir(path, { mode });
    return undefined;
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    return isThere ? undefined : error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
