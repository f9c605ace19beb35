/**
 * The one way out for what the program says. Nothing that is written holds the program up.
 *
 * Node lets a write to a terminal block until the terminal has taken it, and a terminal may take nothing for hours:
 * Ctrl-S, a connection that hangs, a reader that was stopped. Heals, load, judgement and signals would wait as long. So
 * terminals are told not to block; pipes do not anyway. A thread that blocks in place of this one would be no help: it
 * cannot be ended while it waits, and whoever sets the modes of the terminal waits behind it.
 */
import { type Clock, sleep } from '../services/runtime/clock.ts';
import { Channel, UNREAD_MS_MAX } from './channel.ts';
import type { CliEnvironment } from './environment.ts';

export interface Outlet {
  /**
   * All of it comes out, in its order, for as long as somebody reads. Whoever writes without end waits until it is
   * free.
   */
  write(text: string): void;
  /** A line that may be left out when much waits already; how many were is said in their place. */
  writeSpare(line: string): void;
  /** Everything that was written is taken. */
  readonly isFree: boolean;
  /** Calls back once when it is free: at once, if it is. The same listener waits once. */
  whenFree(listener: () => void): void;
}

export interface Outlets {
  readonly stdout: Outlet;
  readonly stderr: Outlet;
  /**
   * Resolves when the terminals have taken everything; with false when one took nothing for 2 s. For pipes Node itself
   * waits.
   */
  taken(): Promise<boolean>;
  /** Resolves when everything is taken, at the latest after 2 s. */
  takenSoon(): Promise<void>;
}

export function openOutlets({ stdout, stderr }: Pick<CliEnvironment, 'stdout' | 'stderr'>, clock: Clock): Outlets {
  for (const stream of [stdout, stderr]) if (stream.isTTY) neverBlock(stream);
  const out = new Channel();
  const error = stdout.isTTY && stderr.isTTY ? out : new Channel();
  const terminals = [...(stdout.isTTY ? [out] : []), ...(stderr.isTTY ? [error] : [])];
  return {
    stdout: outletOf(out, stdout),
    stderr: outletOf(error, stderr),
    taken: async () => (await Promise.all(terminals.map((channel) => channel.untilFree(clock)))).every((isTaken) => isTaken),
    takenSoon: async () => {
      const taken = new AbortController();
      out.whenFree(() => error.whenFree(() => taken.abort()));
      await sleep(clock, UNREAD_MS_MAX, taken.signal);
    },
  };
}

function outletOf(channel: Channel, stream: NodeJS.WriteStream): Outlet {
  return {
    write: (text) => channel.write(stream, text),
    writeSpare: (line) => channel.writeSpare(stream, line),
    get isFree() {
      return channel.isFree;
    },
    whenFree: (listener) => channel.whenFree(listener),
  };
}

/** Node has no public name for it; what has it is there in every Node since 2014. */
function neverBlock(stream: NodeJS.WriteStream): void {
  const handle: unknown = Reflect.get(stream, '_handle');
  if (typeof handle !== 'object' || handle === null || !('setBlocking' in handle)) return;
  if (typeof handle.setBlocking === 'function') handle.setBlocking(false);
}
