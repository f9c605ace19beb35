/** Literal runs for the tests of reports. */

import { judgeHistory } from '../../checks/judge.ts';
import { historyOf, origin, REGIONS, read, type Written, write } from '../../checks/testing/history.ts';
import { History } from '../../history/history.ts';
import type { HistoryHead } from '../../history/history-lines.ts';
import type { Summary } from '../events.ts';
import type { ReportSource } from '../source.ts';

/**
 * Markup, the end of a CDATA section, C0 and escape sequences, a bidi override, what XML forbids, half a surrogate
 * pair, a quote.
 */
export const HOSTILE = `<script>alert(1)</script>]]>\u0000\u001b[2J\u202egnp.exe\ufffe\uffff\ud800 & "x' onload='y`;

const HEAD: HistoryHead = {
  line: 'head',
  historyVersion: 1,
  tool: 'edgesync-lab',
  version: '0.1.0',
  backend: 'embedded',
  seed: 42,
  scenario: 'one',
  regions: [...REGIONS],
  staleness: 'adjusted',
  checks: ['lost-invalidation'],
  startedAt: '2026-01-01T00:00:00.000Z',
};

export function summaryOf(more: Partial<Summary> = {}): Summary {
  return {
    type: 'Summary',
    schemaVersion: 1,
    status: 'completed',
    verdict: 'pass',
    exitCode: 0,
    checks: [{ check: 'divergence', verdict: 'pass', reason: '2 of 2 keys equal the origin', anomalies: 0 }],
    thresholds: [],
    faults: [],
    convergence: { 'us-east': { min: 1, p50: 100, p95: 110, p99: 120, max: 1204 }, 'eu-west': null },
    staleness: { 'us-east': { samples: 3, raw: { min: 0, p50: 1, p95: 2, p99: 3, max: 4 }, adjusted: null } },
    consistency: { 'us-east': { writes: 4, within: { '100': 0.5, '500': null } } },
    operations: { reads: 3, writes: 2, failed: 0, unknown: 0 },
    heal: { clean: true, left: [] },
    reproduce: 'edgesync-lab run one',
    ...more,
  };
}

export function reportSource(more: Partial<ReportSource> = {}): ReportSource {
  const identity = { scenario: 'one', title: 'One', description: '', backend: 'embedded', seed: 42, version: '0.1.0' } as const;
  return { ...identity, history: new History(), summary: summaryOf(), ...more };
}

export function headedHistory(written: Written): History {
  const history = historyOf(written);
  history.begin(HEAD);
  history.finish(20_000);
  return history;
}

/** eu-west never shows version 2, whose event the log has. */
export function lostHistory(more: Partial<Written> = {}): Pick<ReportSource, 'history' | 'summary'> {
  const history = headedHistory({
    operations: [
      write(1, 1_000, { kind: 'create' }),
      read(1, 2_000, { cachedMs: 2_001, source: 'origin' }),
      write(2, 3_000),
      read(2, 4_000, { region: 'us-east', cachedMs: 3_500 }),
      read(2, 19_000, { region: 'us-east', final: true, phase: 'final' }),
      read(1, 19_000, { cachedMs: 2_001, final: true, phase: 'final' }),
    ],
    held: [origin(2)],
    published: [{ event: 'e2', target: 'content:7', version: 2, sentMs: 3_004 }],
    ...more,
  });
  const results = judgeHistory({ history, checks: ['lost-invalidation'], context: { regions: REGIONS, staleness: 'adjusted' } });
  const checks = results.map(({ anomalies, ...result }) => ({ ...result, anomalies: anomalies.length }));
  return { history, summary: summaryOf({ verdict: 'fail', exitCode: 1, checks }) };
}
