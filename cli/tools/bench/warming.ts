/**
 * What warming changes after a cache came back empty: the scenario `cold-cache` without it, and with some of its
 * settings, in virtual time.
 */
import { fileURLToPath } from 'node:url';
import type { ReadOperation } from '../../../lab/history/records.ts';
import { readScenario, type Scenario } from '../../../lab/scenarios/scenario.ts';
import { runSeed } from '../../../lab/sim/seed-run.ts';
import { readTopology } from '../../../lab/topology/topology.ts';
import { quantile } from './quantile.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const SCENARIO = fileURLToPath(new URL('../../../lab/scenarios/cold-cache.yaml', import.meta.url));
const REGION = 'us-east';
const SEEDS = [1, 2, 3, 4, 5] as const;
const ROWS = [
  { keys: 0 },
  { keys: 100, concurrency: 8 },
  { keys: 100, concurrency: 32 },
  { keys: 400, concurrency: 32 },
  { keys: 400, concurrency: 64 },
] as const;
/** Looked at after the restart. */
const AFTER_MS = 5_000;
const LONG_MS = 100;
const HEAD = [
  'keys, at a time',
  'reads',
  'misses',
  'of those without',
  'waited above 100 ms',
  'P50 / P90 / P99, ms',
  'fetches until the end',
] as const;

interface After {
  readonly misses: number;
  readonly tookMs: readonly number[];
  readonly fetches: number;
}

type Ended = ReadOperation & { readonly endMs: number };

async function measure(scenario: Scenario, seed: number, warming: (typeof ROWS)[number]): Promise<After> {
  const topology = await readTopology({ file: COMPOSE, environment: {} });
  const { history } = await runSeed({ scenario: { ...scenario, system: { ...scenario.system, warming } }, seed, topology });
  const restart = history.faults.find(({ fault }) => fault === 'restart');
  if (restart === undefined) throw new Error('expected a restart of the cache, got none');
  const [fromMs, toMs] = [restart.injectedMs, restart.injectedMs + AFTER_MS];
  const reads = [...history.reads].filter(
    (read): read is Ended => read.region === REGION && read.endMs !== undefined && fromMs <= read.startMs && read.startMs < toMs,
  );
  const samples = history.of('edge-sample').filter(({ region }) => region === REGION);
  const before = samples.findLast(({ atMs }) => atMs <= fromMs);
  return {
    misses: reads.filter(({ source }) => source !== 'cache').length,
    tookMs: reads.map(({ startMs, endMs }) => endMs - startMs),
    fetches: (samples.at(-1)?.originFetches ?? 0) - (before?.originFetches ?? 0),
  };
}

export async function warming(line: (text: string) => void): Promise<void> {
  const scenario = await readScenario(SCENARIO);
  line(`| ${HEAD.join(' | ')} |`);
  line(`|${HEAD.map(() => ' ---: |').join('')}`);
  let without = 0;
  for (const row of ROWS) {
    const all: After[] = [];
    for (const seed of SEEDS) all.push(await measure(scenario, seed, row));
    const sum = (of: (after: After) => number) => all.reduce((total, after) => total + of(after), 0);
    const tookMs = all.flatMap((after) => after.tookMs).sort((one, other) => one - other);
    const misses = sum((after) => after.misses);
    if (row.keys === 0) without = misses;
    const cells = [
      row.keys === 0 ? 'none' : `${row.keys}, ${row.concurrency}`,
      tookMs.length,
      misses,
      `${Math.round((100 * misses) / without)} %`,
      tookMs.filter((ms) => ms > LONG_MS).length,
      [0.5, 0.9, 0.99].map((share) => quantile(tookMs, share).toFixed(1)).join(' / '),
      sum((after) => after.fetches),
    ];
    line(`| ${cells.join(' | ')} |`);
  }
}
