/** A process that runs seeds as it is told, one after another. It ends when the campaign is gone. */
import { runSeedOf, type SeedSetup } from './outcome.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

let setup: SeedSetup | undefined;

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

async function run(seeds: readonly number[]): Promise<void> {
  try {
    if (setup === undefined) throw new TypeError('expected a setup before the first seed');
    for (const seed of seeds) tell({ type: 'outcome', outcome: await runSeedOf(seed, setup) });
    tell({ type: 'idle' });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? String(error.stack) : String(error) });
  }
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'setup') setup = message.setup;
  else void run(message.seeds);
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole terminal group; the campaign decides what it means.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
