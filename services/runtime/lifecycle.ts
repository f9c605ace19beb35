/**
 * The life of a service process: start, run until SIGTERM or SIGINT, close, exit.
 *
 * States: starting -> running -> closing -> gone. A signal while starting closes as soon as the start has settled; a
 * second signal leaves at once. Bad configuration exits 78, a failed start 1, a clean end 0.
 */
import { systemClock } from './clock.ts';
import { ConfigError, EXIT_BAD_CONFIG } from './config.ts';

export interface Service {
  close(): Promise<void>;
}

const CLOSE_MS_MAX = 10_000;
const EXIT_FAILED = 1;
const EXIT_SIGNAL_BASE = 128;
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** Waits for the first signal; the second ends the process where it stands. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        seen += 1;
        if (seen > 1) process.exit(EXIT_SIGNAL_BASE + SIGNAL_NUMBERS[signal]);
        resolve();
      });
    }
  });
}

/** Runs a service to its end. Only a `main.ts` calls this. */
export async function runService(start: () => Promise<Service>): Promise<void> {
  const signalled = firstSignal();
  try {
    const service = await start();
    await signalled;
    const overdue = systemClock.setTimer(CLOSE_MS_MAX, () => {
      say(`not closed after ${CLOSE_MS_MAX} ms, leaving`);
      process.exit(EXIT_FAILED);
    });
    await service.close();
    overdue.cancel();
    process.exit(0);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exit(error instanceof ConfigError ? EXIT_BAD_CONFIG : EXIT_FAILED);
  }
}
