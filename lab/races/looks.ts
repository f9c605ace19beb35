/**
 * How a cache is looked at after everything of a race has ended: caches may store a moment after they have answered.
 */
import { isWanted, type Look } from './look.ts';

export interface LooksOptions {
  /** The version that the origin holds. */
  readonly wanted: number;
  readonly moment: (ms: number) => Promise<void>;
  readonly ask: (name: string) => Promise<Look>;
}

const LOOKS_MS = [150, 150, 300, 600] as const;
const LOOKS_MIN = 2;

/** What is answered, until the version that the origin holds is twice, or for a second. */
export async function takeLooks({ wanted, moment, ask }: LooksOptions): Promise<readonly Look[]> {
  const looks: Look[] = [];
  const isRight = (look: Look) => isWanted(look, wanted) && look?.label !== 'stale';
  const look = async (ms: number) => {
    await moment(ms);
    looks.push(await ask(`reader ${looks.length + 1} after the purge`));
  };
  for (const [at, ms] of LOOKS_MS.entries()) {
    await look(ms);
    if (looks.length < LOOKS_MIN || !looks.slice(-LOOKS_MIN).every(isRight)) continue;
    // Once more at the end: some store long after they have answered.
    const restMs = LOOKS_MS.slice(at + 1).reduce((sum, rest) => sum + rest, 0);
    if (restMs > 0) await look(restMs);
    break;
  }
  return looks;
}
