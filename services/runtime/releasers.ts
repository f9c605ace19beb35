/** Who opens, closes: push the undo the moment something is acquired; `release` runs them in reverse, each once. */
export interface Releasers {
  push(release: () => void | Promise<void>): void;
  /** Runs every undo even when some fail; then throws the first failure. */
  release(): Promise<void>;
}

export function createReleasers(): Releasers {
  const stack: (() => void | Promise<void>)[] = [];
  return {
    push: (release) => void stack.push(release),
    async release() {
      const failures: unknown[] = [];
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
        try {
          await next();
        } catch (failure) {
          failures.push(failure);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

/**
 * Runs `open` with a stack; when it throws, what was acquired is released before its error goes on, whatever the
 * release meets.
 */
export async function withReleasers<T>(open: (releasers: Releasers) => Promise<T>): Promise<T> {
  const releasers = createReleasers();
  try {
    return await open(releasers);
  } catch (error) {
    await releasers.release().catch(() => {});
    throw error;
  }
}
