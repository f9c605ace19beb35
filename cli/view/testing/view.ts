/** States of the view as the lab's events make them, for tests. */
import type { FaultView, LiveEvent, Observation, RunEvent } from '../../../lab/live/protocol.ts';
import type { Trace } from '../../../lab/trace/trace-schema.ts';
import type { EdgeMetrics, VersionRow } from '../../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../../services/protocol/origin-api.ts';
import { actionsOf } from '../dispatch.ts';
import { reduce } from '../state/reduce.ts';
import { EMPTY_PROMPT, RACES, type ScreenName, type ScreenOf, type ScreenState } from '../state/screen-state.ts';
import { INITIAL_STATE, type ViewAction, type ViewState } from '../state/state.ts';
import { TOUR } from '../tour/engine.ts';

export const REGIONS = ['us-east', 'eu-west', 'ap-south'] as const;

export function stateAfter(...events: readonly (LiveEvent | ViewAction)[]): ViewState {
  return events.reduce(reduce, INITIAL_STATE);
}

export function ready(regions: readonly string[] = REGIONS): LiveEvent {
  const views = regions.map((region, at) => ({ region, url: `http://127.0.0.1:${5001 + at}` }));
  return { type: 'ready', t: 100, backend: 'embedded', originUrl: 'http://127.0.0.1:4000', staysUp: false, regions: views };
}

export function edgeMetrics(region: string, change: Partial<EdgeMetrics> = {}): EdgeMetrics {
  return {
    success: true,
    region,
    strategy: 'lazy',
    propagationDelayMs: 300,
    freshnessLeaseMs: 10_000,
    metrics: {
      totalRequests: 200,
      cacheHits: 190,
      cacheMisses: 10,
      staleHits: 3,
      hitRatio: 95,
      avgLatency: 1,
      p50Latency: 0.4,
      p95Latency: 2,
      p99Latency: 9,
      minLatency: 0.1,
      maxLatency: 30,
      totalInvalidations: 4,
      eagerInvalidations: 0,
      lazyInvalidations: 4,
      startTime: '2026-01-01T00:00:00.000Z',
      uptime: 20_000,
    },
    window: { requests: 200, hitRatio: 97.1, p50: 0.4, p95: 2.1, p99: 12 },
    versions: [],
    invalidationLagMs: 304,
    recent: [],
    log: { connected: true, catchingUp: false, lag: 0, applied: { 0: 4 }, queued: 0, unreadable: 0 },
    fills: { stored: 10, refused: {} },
    coalesced: 0,
    originFetches: 10,
    ...change,
  };
}

export function originMetrics(versions: OriginMetrics['versions']): OriginMetrics {
  return {
    success: true,
    versions,
    outbox: { pending: 0, oldestAgeMs: null },
    published: [],
    requests: { reads: 1, writes: 1 },
  };
}

export interface Observed {
  readonly t?: number;
  readonly origin?: OriginMetrics['versions'];
  readonly versions?: readonly VersionRow[];
  readonly change?: Partial<EdgeMetrics>;
  readonly failures?: number;
  readonly regions?: readonly string[];
}

/** The same figures of every region. */
export function observed({
  t = 1_000,
  origin = [],
  versions = [],
  change = {},
  failures = 0,
  regions = REGIONS,
}: Observed = {}): LiveEvent {
  const seen = (region: string) => ({ metrics: edgeMetrics(region, { versions: [...versions], ...change }), answeredMs: t, failures });
  const observation: Observation = {
    origin: { metrics: originMetrics([...origin]), answeredMs: t, failures: 0 },
    regions: Object.fromEntries(regions.map((region) => [region, seen(region)])),
  };
  return { type: 'observed', t, observation };
}

export function fault(change: Partial<FaultView> & Pick<FaultView, 'fault' | 'target'>): FaultView {
  return {
    id: 'f1',
    region: undefined,
    says: `${change.fault} ${change.target}`,
    injectedMs: 1_000,
    endsMs: undefined,
    effect: 'confirmed',
    state: 'inForce',
    ...change,
  };
}

/** The state after a key. */
export function pressed(state: ViewState, key: string): ViewState {
  return actionsOf(state, key).reduce(reduce, state);
}

export function typed(state: ViewState, text: string): ViewState {
  return [...text].reduce(pressed, state);
}

export function trace(regions: readonly string[] = REGIONS): Trace {
  const each = Object.fromEntries(regions.map((region, at) => [region, 100 * (at + 1)]));
  const steps = Array.from({ length: 10 }, (_, at) => ({
    step: at + 1,
    name: `step ${at + 1}`,
    file: 'services/edge/partition-queue.ts',
    ...(at < 4 ? { ms: at } : { regions: { ...each, [regions[0] ?? '']: null } }),
  }));
  const answers = [{ ms: 100, version: 1, status: 'stale', source: 'cache' }] as const;
  return {
    key: 'content:1',
    version: 2,
    event: 'e',
    clocks: [],
    sentAt: '2026-01-01T00:00:00.000Z',
    answeredMs: 7,
    complete: false,
    steps,
    served: regions.map((region) => ({ region, strategy: 'lazy', delayMs: 100, answers })),
    verdict: 'pass',
    reason: 'every region equals the origin',
  };
}

/** A catalogue, and a run of one of it with a fault in force; `text` stands wherever a text may come from outside. */
export function runEvents(text = 'a text'): readonly LiveEvent[] {
  const card = { id: text, title: text, description: text, durationMs: 20_000 };
  const faults = [
    { says: text, atMs: 50, healMs: 10_000, lasts: true },
    { says: text, atMs: 15_000, healMs: null, lasts: false },
  ];
  const thresholds = [{ metric: 'edge_hit_ratio', threshold: text }];
  const plan = { ...card, seed: 7, settleMs: 1_000, checks: ['divergence'], faults, thresholds };
  const said = (t: number, event: RunEvent): LiveEvent => ({ type: 'run-said', t, event });
  const tags = { region: text, phase: 'fault' } as const;
  return [
    { type: 'scenarios', t: 3_000, scenarios: [card, card] },
    { type: 'run-begun', t: 3_000, plan },
    said(3_100, { type: 'Phase', t: 10, phase: 'warmup' }),
    said(3_200, { type: 'Phase', t: 10, phase: 'fault' }),
    said(3_300, { type: 'Fault', t: 10, id: 'f1', fault: 'partition', target: text, event: 'injected', effect: 'confirmed' }),
    said(3_300, { type: 'Point', t: 10, metric: 'edge_hit_ratio', data: { time: '', value: 0.5, tags } }),
  ];
}

/** The same with its report. */
export function runReport(text = 'a text'): readonly LiveEvent[] {
  const times = { min: 1, p50: 2, p95: 3, p99: 4, max: 5 };
  const summary: RunEvent = {
    type: 'Summary',
    schemaVersion: 1,
    status: 'completed',
    verdict: 'fail',
    exitCode: 1,
    checks: [{ check: 'divergence', verdict: 'fail', reason: text, anomalies: 1 }],
    thresholds: [{ metric: 'edge_hit_ratio', threshold: text, ok: false, value: 0.4, samples: 3 }],
    faults: [],
    convergence: { [text]: times },
    staleness: { [text]: { samples: 1, raw: times, adjusted: times } },
    consistency: {},
    operations: { reads: 10, writes: 2, failed: 1, unknown: 0 },
    heal: { clean: false, left: [text] },
    error: text,
    reproduce: text,
  };
  const anomaly: RunEvent = { type: 'Anomaly', t: 1, anomaly: 'divergence', region: text, key: text, explain: text, witness: [] };
  const [phase] = runEvents(text).slice(2, 3);
  return [
    ...runEvents(text),
    ...(phase === undefined ? [] : [phase]),
    { type: 'run-said', t: 4_000, event: anomaly },
    { type: 'run-said', t: 4_000, event: summary },
    { type: 'run-ended', t: 4_100, why: undefined },
  ];
}

/** One of each screen there is, and of those with parts one of each part. */
const STATES: { readonly [Name in ScreenName]: readonly ScreenOf<Name>[] } = {
  overview: [{ screen: 'overview' }],
  zoom: [{ screen: 'zoom' }],
  help: [
    { screen: 'help', scroll: 0 },
    { screen: 'help', scroll: 30 },
  ],
  trace: [{ screen: 'trace' }],
  mystery: [
    { screen: 'mystery', scroll: 0 },
    { screen: 'mystery', scroll: 9 },
  ],
  events: [
    { screen: 'events', scroll: 0 },
    { screen: 'events', scroll: 2 },
  ],
  command: [
    { screen: 'command', prompt: EMPTY_PROMPT },
    { screen: 'command', prompt: { ...EMPTY_PROMPT, text: 'delay eu-west x', problem: 'expected a delay' } },
  ],
  filter: [{ screen: 'filter', prompt: { ...EMPTY_PROMPT, text: 'eu' } }],
  catalogue: [{ screen: 'catalogue', at: 1 }],
  races: [RACES, { ...RACES, race: 1, cache: 1, way: 1 }],
  race: [
    { screen: 'race', scroll: 0 },
    { screen: 'race', scroll: 3 },
  ],
  run: [
    { screen: 'run', scroll: 0 },
    { screen: 'run', scroll: 9 },
  ],
  tour: [
    TOUR,
    { ...TOUR, step: 2, act: 1, begun: { ...INITIAL_STATE }, seen: undefined },
    {
      ...TOUR,
      step: 3,
      begun: { ...INITIAL_STATE },
      seen: ['it was seen, and this sentence is so long that at eighty columns it takes more than one line'],
    },
    { ...TOUR, step: 6 },
  ],
  menu: [
    { screen: 'menu', at: 3, form: undefined },
    {
      screen: 'menu',
      at: 1,
      form: {
        fields: [
          { name: 'target', value: 'edge:us-east<->kafka', choices: ['edge:us-east<->kafka'], required: true },
          { name: 'latency', value: '', choices: undefined, required: true },
        ],
        at: 0,
        problem: 'latency: expected a duration',
      },
    },
  ],
  confirm: [
    {
      screen: 'confirm',
      question: 'kill edge:us-east?',
      consequence: 'what it holds in memory is lost',
      word: 'kill',
      orders: [{ command: { do: 'inject', fault: 'kill', target: 'edge:us-east' }, echo: 'kill edge:us-east' }],
      isOfPast: false,
      isAccepted: false,
    },
  ],
};
export const SCREEN_STATES: readonly ScreenState[] = Object.values(STATES).flat();
