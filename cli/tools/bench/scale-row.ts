/** One row of `scale`, in a process of its own: regions, keys and writes a second in, the cells of the row out. */
import { fileURLToPath } from 'node:url';
import { quantilesOf } from '../../../lab/history/quantiles.ts';
import { withRegions } from '../../../lab/sim/regions.ts';
import { readTopology } from '../../../lab/topology/topology.ts';
import { startSimulated } from '../../../lab/worlds/simulated/simulated.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { ScaleLoad } from './scale-load.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const SEED = 1;
const MS_PER_S = 1000;
const US_PER_S = 1_000_000;
const MIB = 1024 ** 2;

function processorS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / US_PER_S;
}

function spread(samples: readonly number[]): string {
  const of = quantilesOf(samples);
  return of === null ? '-' : `${of.p50} / ${of.p99} / ${of.max} ms`;
}

async function measure(regions: number, keys: number, writesPerS: number): Promise<readonly string[]> {
  const topology = withRegions(await readTopology({ file: COMPOSE, environment: {} }), regions);
  const clock = new VirtualClock();
  const random = createRandom(SEED);
  const world = await clock.runUntil(startSimulated({ topology, clock, random: random.fork('world') }));
  const load = new ScaleLoad({ world, clock, random: random.fork('load'), keys, writesPerS });
  await clock.runUntil(load.fill());
  const [before, begunMs, begunS] = [await clock.runUntil(load.applied()), clock.monotonicMs(), processorS()];
  await clock.runUntil(load.run());
  const [virtualS, usedS] = [(clock.monotonicMs() - begunMs) / MS_PER_S, processorS() - begunS];
  const applied = (await clock.runUntil(load.applied())) - before;
  await clock.runUntil(world.close());
  return [
    ...[regions, keys, writesPerS].map((number) => number.toLocaleString('en')),
    spread(load.lateMs),
    spread(load.stalenessMs),
    Math.round(applied / virtualS).toLocaleString('en'),
    Math.round(applied / usedS).toLocaleString('en'),
    `${virtualS.toFixed(1)} / ${usedS.toFixed(1)}`,
    (process.memoryUsage().rss / MIB).toFixed(0),
  ];
}

const [regions = 3, keys = 200, writesPerS = 10] = process.argv.slice(2).map(Number);
process.stdout.write(`${(await measure(regions, keys, writesPerS)).join('\t')}\n`);
