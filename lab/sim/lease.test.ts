/**
 * How old an answer gets that is called fresh while a region is cut off for a minute: with a lease there is a bound,
 * without one there is none.
 */
import { describe, expect, it } from 'vitest';
import { eachStaleness } from '../checks/figures.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { runSeed } from './seed-run.ts';
import { seedSetup } from './testing/kit.ts';

const LEASE_MS = 5_000;
const SKEW_MS = 500;
const CUT_MS = 60_000;
const TEST_MS_MAX = 60_000;
const SEEDS = [1, 2, 3];

interface Cut {
  /** Steps of the method, each in force for the minute. */
  readonly faults: readonly string[];
  readonly leaseMs?: number;
}

/** Of eu-west. */
async function oldest(seed: number, { faults, leaseMs }: Cut) {
  const { topology } = await seedSetup();
  const text = [
    'version: 1',
    'title: cut off',
    `system: {${leaseMs === undefined ? '' : ` lease: ${leaseMs}ms, skew: ${SKEW_MS}ms,`} regions: { eu-west: { strategy: eager } } }`,
    'workload: { duration: 80s, reads: 60/s, writes: 3/s, keys: 5, skew: 0.5 }',
    'method:',
    ...faults.map((fault) => `  - { at: 10s, ${fault}, for: ${CUT_MS}ms }`),
  ].join('\n');
  const { history, summary, anomalies } = await runSeed({ scenario: { id: 'cut-off', ...parseScenario(text, 'f.yaml') }, seed, topology });
  const oldMs = { fresh: 0, stale: 0 };
  eachStaleness(history, ({ read, rawMs }) => {
    if (read.region === 'eu-west') oldMs[read.status ?? 'fresh'] = Math.max(oldMs[read.status ?? 'fresh'], rawMs);
  });
  const verdict = summary.checks.find(({ check }) => check === 'fresh-beyond-lease')?.verdict;
  const ended = [...history.reads].filter(({ region, outcome }) => region === 'eu-west' && outcome !== 'ok').length;
  return { ...oldMs, verdict, unanswered: ended, anomalies };
}

const CUTS = [
  { title: 'cut off from the log', faults: ["fault: partition, target: 'edge:eu-west<->kafka'"] },
  { title: 'with Kafka away', faults: ['fault: pause, target: kafka'] },
  {
    title: 'cut off from log and origin',
    faults: ["fault: partition, target: 'edge:eu-west<->kafka'", "fault: partition, target: 'edge:eu-west<->origin'"],
  },
  { title: 'whose cache refuses writes', faults: ["fault: read-only, target: 'redis:eu-west'"] },
] as const;

describe('the oldest answer called fresh in a minute', { timeout: TEST_MS_MAX }, () => {
  it.each(CUTS)('of a region $title is within lease and skew', async ({ faults }) => {
    for (const seed of SEEDS) {
      const { fresh, verdict } = await oldest(seed, { faults, leaseMs: LEASE_MS });
      expect(fresh, `seed ${seed}`).toBeLessThanOrEqual(LEASE_MS + SKEW_MS);
      expect(verdict, `seed ${seed}`).toBe('pass');
    }
  });

  it('of a region cut off from the log is nearly as old as the cut where there is no lease', async () => {
    const { fresh } = await oldest(1, { ...CUTS[0], leaseMs: 0 });
    expect(fresh).toBeGreaterThan(CUT_MS - 10_000);
  });

  it('of a region cut off from all is stale and still answered', async () => {
    const { stale, unanswered } = await oldest(1, { ...CUTS[2], leaseMs: LEASE_MS });
    expect(stale).toBeGreaterThan(CUT_MS - 15_000);
    expect(unanswered).toBe(0);
  });
});
