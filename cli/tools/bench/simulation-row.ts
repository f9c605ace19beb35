/** One row of `simulation`, in a process of its own: how many seeds in, the cells of the row out. */
import { fileURLToPath } from 'node:url';
import { isFailing, runSeedOf } from '../../../lab/sim/outcome.ts';
import { withRegions } from '../../../lab/sim/regions.ts';
import { readTopology } from '../../../lab/topology/topology.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const REGIONS = 3;
const DURATION_MS = 60_000;
/** Others than those that are measured. */
const WARM_UP = { from: 1_001, to: 1_020 } as const;
const MS_PER_S = 1_000;
const US_PER_MS = 1_000;
const KIB_PER_MIB = 1_024;

const seeds = Number(process.argv[2]);
const setup = { topology: withRegions(await readTopology({ file: COMPOSE, environment: {} }), REGIONS), durationMs: DURATION_MS };

async function run({ from, to }: { readonly from: number; readonly to: number }) {
  const sum = { reads: 0, writes: 0 };
  for (let seed = from; seed <= to; seed += 1) {
    const outcome = await runSeedOf(seed, setup);
    if (isFailing(outcome)) throw new Error(`expected a seed that passes, got ${seed}: ${outcome.error ?? outcome.verdict}`);
    sum.reads += outcome.operations.reads;
    sum.writes += outcome.operations.writes;
    await globalThis.gc?.({ type: 'minor' });
  }
  return sum;
}

await run(WARM_UP);
const begun = process.cpuUsage();
const { reads, writes } = await run({ from: 1, to: seeds });
const { user, system } = process.cpuUsage(begun);
const tookMs = (user + system) / US_PER_MS;
const cells = [
  ...[seeds, reads, writes, Math.round((reads * MS_PER_S) / tookMs)].map((number) => number.toLocaleString('en')),
  (tookMs / seeds).toFixed(0),
  (process.resourceUsage().maxRSS / KIB_PER_MIB).toFixed(0),
];
process.stdout.write(`${cells.join('\t')}\n`);
