/**
 * What a circuit breaker changes for the readers of a region whose origin is cut off: the scenario `origin-flaps` with
 * it and without, in virtual time.
 */
import { fileURLToPath } from 'node:url';
import type { ReadOperation } from '../../../lab/history/records.ts';
import { readScenario, type Scenario } from '../../../lab/scenarios/scenario.ts';
import { runSeed } from '../../../lab/sim/seed-run.ts';
import { readTopology } from '../../../lab/topology/topology.ts';
import { quantile } from './quantile.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const SCENARIO = fileURLToPath(new URL('../../../lab/scenarios/origin-flaps.yaml', import.meta.url));
const REGION = 'us-east';
const SEEDS = [1, 2, 3, 4, 5] as const;
const MS_PER_S = 1_000;
const HEAD = [
  'breaker',
  'seed',
  'reads while cut',
  'P50 / P90 / P99 of them, ms',
  'answered',
  'waited in sum, s',
  'fetches',
  'failed after the heal, the last after ms',
] as const;

type Ended = ReadOperation & { readonly endMs: number };

function isEnded(read: ReadOperation): read is Ended {
  return read.endMs !== undefined;
}

async function measure(scenario: Scenario, seed: number, breaker: boolean): Promise<readonly string[]> {
  const topology = await readTopology({ file: COMPOSE, environment: {} });
  const { history } = await runSeed({ scenario: { ...scenario, system: { ...scenario.system, breaker } }, seed, topology });
  const cut = history.faults.find(({ fault }) => fault === 'partition');
  if (cut?.healedMs === undefined) throw new Error('expected a cut that was healed, got none');
  const { injectedMs: fromMs, healedMs: toMs } = cut;
  const reads = [...history.reads].filter(isEnded).filter(({ region }) => region === REGION);
  const during = reads.filter(({ startMs }) => fromMs <= startMs && startMs < toMs);
  const tookMs = during.map(({ startMs, endMs }) => endMs - startMs).sort((one, other) => one - other);
  const late = reads.filter(({ startMs, outcome }) => outcome !== 'ok' && startMs >= toMs);
  const samples = history.of('edge-sample').filter(({ region, atMs }) => region === REGION && fromMs <= atMs && atMs <= toMs);
  return [
    breaker ? 'on' : 'off',
    String(seed),
    String(during.length),
    [0.5, 0.9, 0.99].map((share) => quantile(tookMs, share).toFixed(1)).join(' / '),
    String(during.filter(({ outcome }) => outcome === 'ok').length),
    (tookMs.reduce((sum, ms) => sum + ms, 0) / MS_PER_S).toFixed(1),
    String((samples.at(-1)?.originFetches ?? 0) - (samples[0]?.originFetches ?? 0)),
    late.length === 0 ? 'none' : `${late.length}, ${Math.round(Math.max(...late.map(({ startMs }) => startMs)) - toMs)}`,
  ];
}

export async function breaker(line: (text: string) => void): Promise<void> {
  const scenario = await readScenario(SCENARIO);
  line(`| ${HEAD.join(' | ')} |`);
  line(`|${HEAD.map(() => ' ---: |').join('')}`);
  for (const isOn of [false, true]) for (const seed of SEEDS) line(`| ${(await measure(scenario, seed, isOn)).join(' | ')} |`);
}
