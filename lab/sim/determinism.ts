/** Whether a seed does the same when it is run again: line by line, as its history would be written. */
import { createHash } from 'node:crypto';
import type { SeedSetup } from './outcome.ts';
import { runSeed } from './seed-run.ts';
import { drawScenario } from './swarm.ts';

/** Where two runs of a seed part; undefined on the side that has no such line. */
export interface Difference {
  /** From 1. */
  readonly line: number;
  readonly first: string | undefined;
  readonly second: string | undefined;
}

/** The whole history of a seed, as the lines of `history.ndjson`. */
export async function historyOf(seed: number, { topology, keys, durationMs, mutant }: SeedSetup): Promise<readonly string[]> {
  const regions = topology.regions.map(({ region }) => region);
  const lines: string[] = [];
  await runSeed({
    scenario: drawScenario({ seed, regions, keys, durationMs }),
    seed,
    topology,
    mutant,
    onHistoryLine: (line) => lines.push(JSON.stringify(line)),
  });
  return lines;
}

/** Of all lines: the same wherever and whenever the seed is run. */
export function digestOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** The first line that differs; undefined when none does. */
export async function checkDeterminism(seed: number, setup: SeedSetup): Promise<Difference | undefined> {
  const [one, other] = [await historyOf(seed, setup), await historyOf(seed, setup)];
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    if (one[at] !== other[at]) return { line: at + 1, first: one[at], second: other[at] };
  }
  return undefined;
}
