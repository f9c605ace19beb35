/** What a run came to stays a page, however much of it failed. */
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../checks/checks.ts';
import { summaryOf } from '../report/testing/report.ts';
import { firstOfEach, quietLine, type RegionEvent, type Result, resultLines } from './result-lines.ts';

const NAMES = Object.keys(CHECKS);
const REASON = '3 of 40 reads went back';
const ALL_HELD = NAMES.map((check) => ({ check, verdict: 'pass' as const, reason: REASON, anomalies: 0 }));
const PASS_LINES_MAX = 12;
const FAIL_LINES_MAX = 25;

const region = (name: string): RegionEvent => {
  const latencies = { hitRatio: 0.9, p50: 1, p95: 2, p99: 3, staleHits: 4, lag: 0 };
  return { type: 'Region', t: 1, region: name, ...latencies, versions: [] };
};

const anomaly = (check: string, key: string) => ({ anomaly: check, region: 'eu-west', key, explain: 'expected version 2, got version 1' });

function resultOf(more: Partial<Result> = {}): Result {
  return {
    scenario: 'baseline',
    title: 'Three regions under load, nothing broken',
    backend: 'embedded',
    seed: 3,
    summary: summaryOf({ verdict: 'pass', checks: ALL_HELD }),
    regions: ['us-east', 'eu-west', 'ap-south'].map(region),
    anomalies: [],
    keptBy: '--out DIR keeps all of them',
    ...more,
  };
}

const threshold = (ok: boolean, at: number) => ({ metric: `staleness{region:r${at}}`, threshold: 'p(99)<800', ok, value: 900, samples: 3 });
const FAULTS = ['us-east', 'eu-west', 'ap-south'].flatMap((name, at) =>
  [1, 2].map(() => ({ id: `f${at}`, fault: 'kill', target: `edge:${name}`, effect: 'confirmed' as const, recoveryAllowanceMs: 10_000 })),
);
const ALL_FAILED = NAMES.map((check) => ({ check, verdict: 'fail' as const, reason: REASON, anomalies: 60 }));
const ANOMALIES = NAMES.flatMap((check) => Array.from({ length: 60 }, (_, at) => anomaly(check, `content:${at}`)));

/** All that can fail does. */
const WORST = resultOf({
  summary: summaryOf({
    verdict: 'fail',
    exitCode: 1,
    checks: ALL_FAILED,
    thresholds: Array.from({ length: 30 }, (_, at) => threshold(false, at)),
    faults: FAULTS,
    heal: { clean: false, left: ['kill edge:us-east', 'partition edge:eu-west<->kafka'] },
    error: 'the machine stood still',
  }),
  regions: Array.from({ length: 40 }, (_, at) => region(`region-${at}`)),
  anomalies: ANOMALIES,
  reportFile: 'out/baseline/report.html',
});

describe('the lines of a run', () => {
  it('are few where it passed, and the verdict is the first', () => {
    const thresholds = Array.from({ length: 6 }, (_, at) => threshold(true, at));
    const lines = resultLines(
      resultOf({ summary: summaryOf({ verdict: 'pass', checks: ALL_HELD, thresholds, faults: FAULTS }), reportFile: 'x' }),
    );
    expect(lines.length).toBeLessThanOrEqual(PASS_LINES_MAX);
    expect(lines[0]).toMatch(/^PASS {2}Three regions/);
    expect(lines.join('\n')).toContain('6 of 6 thresholds held');
    expect(lines.filter((line) => line.startsWith('faults: kill edge:us-east (2 times), '))).toHaveLength(1);
  });

  it('are a page where everything failed, and name every check and threshold that did', () => {
    const lines = resultLines(WORST);
    expect(lines.length).toBeLessThanOrEqual(FAIL_LINES_MAX);
    for (const name of NAMES) expect(lines.join('\n')).toContain(name);
    expect(lines.join('\n')).toContain('staleness{region:r29}');
  });

  it('show up to three anomalies of a check, in turn, and say where the others are', () => {
    const checks = ALL_HELD.map((each, at) => (at < 2 ? { ...each, verdict: 'fail' as const, anomalies: 60 } : each));
    const result = resultOf({ summary: summaryOf({ verdict: 'fail', checks }), anomalies: ANOMALIES });
    const lines = resultLines(result);
    const shown = lines.filter((line) => line.startsWith('         '));
    expect(shown).toHaveLength(6);
    expect(lines[1]).toBe(`fail     ${NAMES[0]}: ${REASON} (3 of 60 anomalies shown; --out DIR keeps all of them)`);
    expect(resultLines({ ...result, reportFile: 'out/x/report.html' })[1]).toContain('all of them are in out/x/report.html');
  });

  it('say nothing of more anomalies where all are shown', () => {
    const checks = [{ check: 'divergence', verdict: 'fail' as const, reason: REASON, anomalies: 1 }];
    const lines = resultLines(
      resultOf({ summary: summaryOf({ verdict: 'fail', checks }), anomalies: [anomaly('divergence', 'content:1')] }),
    );
    expect(lines.slice(1, 3)).toEqual([
      `fail     divergence: ${REASON}`,
      expect.stringContaining('divergence eu-west content:1: expected'),
    ]);
  });

  it('tell what is unknown after what failed', () => {
    const checks = [
      { check: 'resurrection', verdict: 'unknown' as const, reason: 'no key was deleted', anomalies: 0 },
      { check: 'divergence', verdict: 'fail' as const, reason: REASON, anomalies: 0 },
    ];
    const lines = resultLines(resultOf({ summary: summaryOf({ verdict: 'fail', checks }) }));
    expect(lines.slice(1, 3)).toEqual([`fail     divergence: ${REASON}`, 'unknown  resurrection: no key was deleted']);
  });

  it('keep control characters out', () => {
    const text = resultLines(resultOf({ title: 'a\u001b[2Jb', reportFile: 'x\u0007y' })).join('\n');
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u0007');
  });
});

describe('the one line of --quiet', () => {
  it('is one, whatever failed, and says how to run it again', () => {
    const line = quietLine({ ...WORST, summary: { ...WORST.summary, error: 'one\ntwo' } });
    expect(line).not.toContain('\n');
    expect(line).toMatch(/^FAIL {2}baseline: one two, lost-write 60, .*; again: /);
  });

  it('says what could not be healed, and the remedy', () => {
    expect(quietLine(WORST)).toContain('could not heal: kill edge:us-east, partition edge:eu-west<->kafka (edgesync-lab heal removes');
  });

  it('is short where it passed', () => {
    expect(quietLine(resultOf())).toMatch(/^PASS {2}baseline \(\d+ reads, .* unknown\)$/);
  });
});

describe('the first of each check', () => {
  it('are three at most, in their order', () => {
    const kept = firstOfEach([anomaly('a', '1'), anomaly('b', '1'), anomaly('a', '2'), anomaly('a', '3'), anomaly('a', '4')]);
    expect(kept.map(({ anomaly: check, key }) => check + key)).toEqual(['a1', 'b1', 'a2', 'a3']);
  });
});
