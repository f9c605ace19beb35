/** What tests do to the containers of the real servers. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'vitest';

/** Runs the engine's client: `docker kill NAME`, and the like. */
export async function docker(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', [...words]);
  return stdout;
}

/**
 * Freezes a container. The kernel refuses a freeze while a process of it is in a call that cannot be stopped: asked
 * again.
 */
export async function pause(container: string): Promise<void> {
  const paused = () =>
    docker('pause', container).then(
      () => true,
      () => false,
    );
  await expect.poll(paused, { message: `${container} is paused`, interval: 200, timeout: 15_000 }).toBe(true);
}
