/**
 * A process that runs seeds as it is told, one after another. It ends when the campaign is gone. What no run has caught
 * may have broken whatever comes after it, so it ends the process; the campaign hears why, and of which seed it was.
 */
import { brokenDown, runSeedOf, type SeedOutcome, type SeedSetup } from './outcome.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

let setup: SeedSetup | undefined;
let isCrashing = false;

function tell(message: FromWorker): void {
  if (process.connected && !isCrashing) process.send?.(message);
}

function textOf(error: unknown): string {
  return error instanceof Error ? String(error.stack) : String(error);
}

async function outcomeOf(seed: number): Promise<SeedOutcome> {
  if (setup === undefined) throw new TypeError('expected a setup before the first seed');
  try {
    return await runSeedOf(seed, setup);
  } catch (error) {
    return brokenDown(seed, textOf(error));
  }
}

async function run(seeds: readonly number[]): Promise<void> {
  for (const seed of seeds) {
    tell({ type: 'outcome', outcome: await outcomeOf(seed) });
    // Nothing of the seed is needed any more: least is copied now.
    await globalThis.gc?.({ type: 'minor' });
  }
  tell({ type: 'idle' });
}

/** The seed under way goes on until the word is out; what it comes to counts no more. */
function crash(error: unknown): void {
  if (isCrashing) return;
  isCrashing = true;
  const leave = () => process.exit(1);
  if (!process.connected) return leave();
  process.send?.({ type: 'crashed', message: textOf(error) } satisfies FromWorker, leave);
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'setup') setup = message.setup;
  else void run(message.seeds);
});
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', crash);
// Ctrl-C reaches the whole terminal group; the campaign decides what it means.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
tell({ type: 'ready' });
