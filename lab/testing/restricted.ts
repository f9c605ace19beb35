/** A program in a process of its own, under some restriction of the system. */
import { execFile, execFileSync } from 'node:child_process';

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

export interface RestrictedRun {
  readonly code: unknown;
  readonly stdout: string;
  readonly error: Error | undefined;
}

/** `shell` runs what it is given, as `"$@"`, under the restriction: Node with these words. */
export function runRestricted(shell: string, words: readonly string[]): Promise<RestrictedRun> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', shell, 'restricted', process.execPath, ...words], { maxBuffer: OUTPUT_BYTES_MAX }, (error, stdout) =>
      resolve({ code: error?.code, stdout, error: error ?? undefined }),
    );
  });
}

/** Whether this system lets a process have a network of its own. */
export function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['-n', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
