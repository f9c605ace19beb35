/**
 * Writes down when the machine kept this process from doing what was due, the lab or its load generator, and the
 * services, where the world tells of them as it happens (others tell it in `/metrics`, `service-stalls.ts`); on Linux
 * also how this process fared with the processors, once a second.
 */
import { readFileSync } from 'node:fs';
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import { type Spell, waitedForProcessorMs, watchLateness } from '../../services/runtime/lateness.ts';
import type { RecordSink } from '../history/record-kinds.ts';
import type { World } from '../worlds/world.ts';

export type MachineSink = RecordSink<'stall' | 'pressure'>;

export interface MachineWatchOptions {
  readonly world: Pick<World, 'onStall'>;
  readonly clock: Clock;
  readonly sink: MachineSink;
  /** ms since the run's start. */
  readonly t: () => number;
  /** What this process is called; left out: `lab`. */
  readonly of?: string;
  /** A stall may begin so long before it is seen to; each look costs. */
  readonly periodMs?: number;
}

export interface MachineWatch {
  /** Writes down what is not over yet. */
  flush(): void;
  close(): void;
}

const LAB = 'lab';
const PRESSURE_PERIOD_MS = 1_000;
/** A wait for less is what every process has. */
const WAITED_MS_MIN = 5;

export function watchMachine(options: MachineWatchOptions): MachineWatch {
  const { world, clock, sink, t, of = LAB, ...look } = options;
  const own = watchLateness({ clock, ...look }, ({ fromMs, toMs, lateMs }: Spell) =>
    sink.add('stall', { dueMs: t() - (clock.monotonicMs() - fromMs), lateMs, overMs: toMs - fromMs, of }),
  );
  const forget = world.onStall?.(({ endedAt, lateMs, overMs = lateMs }) =>
    sink.add('stall', { dueMs: t() - (clock.now() - endedAt) - overMs, lateMs, overMs, of: 'services' }),
  );
  const stop = watchPressure(options);
  return {
    flush: () => own.flush(),
    close: () => {
      own.close();
      forget?.();
      stop();
    },
  };
}

interface Counts {
  readonly waitedMs: number;
  readonly some: number | undefined;
  readonly full: number | undefined;
}

function watchPressure({ clock, sink, t, of = LAB }: MachineWatchOptions): () => void {
  let timer: Timer | undefined;
  const arm = (before: Counts, sinceMs: number) => {
    timer = clock.setTimer(PRESSURE_PERIOD_MS, () => {
      const [now, atMs] = [countsOf(), t()];
      if (now === undefined) return;
      const waitedMs = now.waitedMs - before.waitedMs;
      if (waitedMs >= WAITED_MS_MIN) {
        const grown = (one: number | undefined, other: number | undefined) =>
          one === undefined || other === undefined ? undefined : one - other;
        const [someMs, fullMs] = [grown(now.some, before.some), grown(now.full, before.full)];
        const ofMachine = { ...(someMs === undefined ? {} : { someMs }), ...(fullMs === undefined ? {} : { fullMs }) };
        sink.add('pressure', { of, atMs, overMs: atMs - sinceMs, waitedMs, ...ofMachine });
      }
      arm(now, atMs);
    });
  };
  const first = countsOf();
  if (first !== undefined) arm(first, t());
  return () => timer?.cancel();
}

function countsOf(): Counts | undefined {
  const waitedMs = waitedForProcessorMs();
  return waitedMs === undefined ? undefined : { waitedMs, ...pressureOfMachine() };
}

const US_PER_MS = 1_000;

/** The totals of `/proc/pressure/cpu`, in ms. Not every kernel has them, and not every place shows them. */
function pressureOfMachine(): Pick<Counts, 'some' | 'full'> {
  try {
    const text = readFileSync('/proc/pressure/cpu', 'utf8');
    const totalOf = (line: 'some' | 'full') => {
      const found = text.match(new RegExp(`^${line} .*total=(\\d+)$`, 'm'))?.[1];
      return found === undefined ? undefined : Number(found) / US_PER_MS;
    };
    return { some: totalOf('some'), full: totalOf('full') };
  } catch {
    return { some: undefined, full: undefined };
  }
}
