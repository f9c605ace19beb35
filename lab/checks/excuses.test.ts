/**
 * What faults excuse, shown by known bugs in virtual time: each run would be a pass if the fault excused more than it
 * explains.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../scenarios/scenario.ts';
import { runSeed } from '../sim/seed-run.ts';
import { onlyRegions, readTopology } from '../topology/topology.ts';

const MS_MAX = 120_000;
const topology = await readTopology({ file: join(import.meta.dirname, '../../compose.yaml'), environment: {} });

interface Written {
  readonly method: readonly string[];
  readonly workload?: string;
  /** Left out: all. */
  readonly checks?: string;
}

const WORKLOAD = 'duration: 60s, reads: 30/s, writes: 2/s, keys: 5, deletes: 10%, purges: 10%';

function scenarioOf({ method, workload = WORKLOAD, checks }: Written) {
  const text = [
    'version: 1',
    'title: t',
    `system: { only: [eu-west], regions: { eu-west: { delay: 300ms, strategy: lazy } } }`,
    `workload: { ${workload} }`,
    'settle: 10s',
    ...(checks === undefined ? [] : [`checks: [${checks}]`]),
    'method:',
    ...method.map((fault) => `  - { ${fault} }`),
  ];
  return { id: 't', ...parseScenario(text.join('\n'), 't.yaml') };
}

/** The verdict with its failed checks. */
async function judge(written: Written, mutant?: string): Promise<string> {
  const scenario = scenarioOf(written);
  const options = { scenario, topology: onlyRegions(topology, ['eu-west']), seed: 1 };
  const { summary } = await runSeed(mutant === undefined ? options : { ...options, mutant });
  return summary.verdict;
}

const CASES: readonly (Written & { readonly title: string; readonly mutants: readonly string[] })[] = [
  {
    title: 'a slow way to the origin: answers a minute old',
    workload: 'duration: 60s, reads: 20/s, writes: 5/s, keys: 1',
    method: ["at: 10ms, fault: latency, target: 'edge:eu-west<-origin', latency: 700ms"],
    mutants: ['refuse-under-soft-mark'],
  },
  {
    title: 'a log that is 50 ms away: purges without effect',
    method: ["at: 10s, fault: latency, target: 'edge:eu-west<->kafka', latency: 50ms"],
    mutants: ['ignore-tags-and-patterns'],
  },
  {
    title: 'an origin that is a tenth of a second away from the log',
    method: ["at: 1s, fault: latency, target: 'origin<->kafka', latency: 100ms"],
    mutants: ['ignore-tags-and-patterns', 'sleep-serially'],
  },
  {
    title: 'a database that is a tenth of a second away',
    method: ["at: 1s, fault: latency, target: 'origin->postgres', latency: 100ms"],
    mutants: ['ignore-tags-and-patterns', 'delete-as-stale'],
  },
  {
    title: 'a second cut that hides the end of the first, at the end of a load',
    workload: 'duration: 90s, reads: 30/s, writes: 2/s, keys: 5, purges: 10%',
    method: [
      "at: 20s, fault: partition, target: 'edge:eu-west<->kafka', for: 3s",
      "at: 21s, fault: partition, target: 'edge:eu-west->kafka', for: 20s",
    ],
    mutants: ['start-at-latest'],
  },
  {
    title: 'the same at its beginning',
    workload: 'duration: 60s, reads: 30/s, writes: 2/s, keys: 5, purges: 10%',
    method: [
      "at: 2s, fault: partition, target: 'edge:eu-west<->kafka', for: 3s",
      "at: 3s, fault: partition, target: 'edge:eu-west->kafka', for: 20s",
    ],
    mutants: ['ignore-tags-and-patterns', 'revalidate-each-time'],
  },
  {
    title: 'a cut that hides the end of an isolation',
    method: [
      "at: 2s, fault: isolate, target: 'edge:eu-west', for: 3s",
      "at: 3s, fault: partition, target: 'edge:eu-west<->origin', for: 25s",
    ],
    mutants: ['ignore-tags-and-patterns'],
  },
  {
    title: 'a cut that hides that the log runs again',
    method: ["at: 2s, fault: kill, target: 'kafka', for: 2s", "at: 3s, fault: partition, target: 'origin<->kafka', for: 20s"],
    mutants: ['ignore-tags-and-patterns'],
  },
];

describe.each(CASES)('$title', (written) => {
  it('accuses nobody', async () => expect(await judge(written)).toBe('pass'), MS_MAX);
  it.each(written.mutants)('is no excuse for %s', async (mutant) => expect(await judge(written, mutant)).toBe('fail'), MS_MAX);
});

/** Beside those by time, what the end of such a load shows. */
const BY_TIME = 'purge-ignored, stale-after-bound, version-regression, lost-invalidation, divergence, lost-write, phantom-version';

describe.each<Written & { readonly title: string }>([
  {
    title: 'a load that is cut off from the log from its beginning to its end',
    workload: 'duration: 20s, reads: 50/s, writes: 3/s, keys: 6, purges: 45%',
    checks: BY_TIME,
    method: ["at: 0s, fault: partition, target: 'edge:eu-west<->kafka'"],
  },
  {
    title: 'a load that is over before a link as slow as that lets anything through',
    workload: 'duration: 20s, reads: 50/s, writes: 3/s, keys: 6, purges: 45%',
    checks: BY_TIME,
    method: [
      "at: 0s, fault: latency, target: 'edge:eu-west<-kafka', latency: 60s, for: 1ms",
      "at: 0s, fault: latency, target: 'edge:eu-west<-origin', latency: 420ms, for: 20s",
    ],
  },
])('$title', (written) => {
  it.each([undefined, 'ignore-tags-and-patterns', 'soft-purges', 'unfenced-304'])(
    'shows nothing: %s',
    async (mutant) => expect(await judge(written, mutant)).toBe('unknown'),
    MS_MAX,
  );
});
