/**
 * Loaded before an edge by `hit-profile.ts`: its processor by the parts of the program, between two SIGUSR2. Tells the
 * second one's sender by IPC.
 */
import { Session } from 'node:inspector/promises';

const SAMPLED_US = 250;

const session = new Session();
session.connect();
let isRunning = false;
process.on('SIGUSR2', () => void toggle());

async function toggle(): Promise<void> {
  if (isRunning) {
    const { profile } = await session.post('Profiler.stop');
    process.send?.(profile);
  } else {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLED_US });
    await session.post('Profiler.start');
    process.send?.('started');
  }
  isRunning = !isRunning;
}
