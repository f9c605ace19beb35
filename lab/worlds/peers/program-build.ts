/**
 * What is done once in the folder of a program before it is started for the first time, such as the build of an
 * application.
 */
import type { Clock } from '../../../services/runtime/clock.ts';
import { inTime } from '../../../services/runtime/deadline.ts';
import { WorldFailed } from '../../errors.ts';
import { type LifeOptions, ProgramLife } from './program-life.ts';

export interface BuildOptions extends LifeOptions {
  /** Of the program. */
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Hears of its process group, which must not outlive the lab; undefined: it has ended. */
  readonly watch: (pid: number | undefined) => void;
  /** Left out: two minutes. */
  readonly msMax?: number;
}

const MS_MAX = 120_000;

/**
 * Throws WorldFailed with the last it said; rejects with the reason of the signal. Nothing of its process group is
 * left.
 */
export async function buildProgram({ name, clock, signal, watch, msMax = MS_MAX, ...options }: BuildOptions): Promise<void> {
  signal.throwIfAborted();
  const life = new ProgramLife(options);
  watch(life.pid);
  try {
    const why = await inTime({ clock, ms: msMax, signal }, life.exited);
    if (why === undefined) await life.kill();
    await life.saidAll;
    if (why === undefined) throw new WorldFailed(life.tell(`${name} was not built within ${msMax} ms`));
    if (!life.isDone) throw new WorldFailed(life.tell(`${name} was not built: ${why}`));
  } finally {
    // Others of its group may live.
    await life.kill();
    watch(undefined);
  }
}
