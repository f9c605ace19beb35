/** The verdict of a session, from literal operations. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../services/runtime/random.ts';
import type { Pressure, Stall } from '../history/records.ts';
import type { RegionBounds } from '../system/edges/edge.ts';
import { resolveTarget } from '../system/target.ts';
import { LiveJudge } from './live-judge.ts';

const REGION = 'eu-west';
const CELL = { slot: 'lab-0', key: 'content:4' } as const;

function judge(bounds: RegionBounds = {}): LiveJudge {
  const created = new LiveJudge([REGION], bounds);
  created.add('delay', { region: REGION, atMs: 0, delayMs: 300 });
  // A calm beginning, from which epsilon is measured.
  write(created, 1_000, 1);
  read(created, 2_000, 1);
  return created;
}

function write(to: LiveJudge, atMs: number, version: number): void {
  to.addOperation({ ...CELL, kind: 'update', startMs: atMs, endMs: atMs + 5, outcome: 'ok', version });
}

function read(to: LiveJudge, atMs: number, version: number, status: 'fresh' | 'stale' = 'fresh'): void {
  const answer = { version, found: true, source: 'cache', status } as const;
  to.addOperation({ ...CELL, ...answer, kind: 'read', region: REGION, final: false, startMs: atMs, endMs: atMs + 1, outcome: 'ok' });
}

function cut(to: LiveJudge, injectedMs: number): void {
  const [target] = resolveTarget(`edge:${REGION}<->kafka`, [REGION], createRandom(1));
  if (target === undefined) throw new Error('expected a target');
  to.addFault({ id: 'f1', fault: 'partition', target, injectedMs, healedMs: undefined, recoveryAllowanceMs: 3_000, effect: 'confirmed' });
}

describe('the live verdict', () => {
  it('is not there before anything could be old', () => {
    const created = new LiveJudge([REGION], {});
    created.add('delay', { region: REGION, atMs: 0, delayMs: 300 });
    expect(created.judge(1_000).verdict.state).toBe('unknown');
  });

  it('has seen no violation while answers are current, or old within the delay', () => {
    const created = judge();
    write(created, 20_000, 2);
    read(created, 20_200, 1);
    read(created, 21_000, 2);
    expect(created.judge(22_000)).toMatchObject({ verdict: { state: 'clear', violations: 0 }, found: [] });
  });

  it('tells a version answered for too long once, whoever asks again, and remembers it', () => {
    const created = judge();
    write(created, 20_000, 2);
    read(created, 22_000, 1);
    const first = created.judge(23_000);
    expect(first.verdict).toMatchObject({ state: 'violated', violations: 1 });
    expect(first.found[0]).toMatch(/^eu-west answered content:4 with version 1 labelled fresh from the cache, expected 2 or later/);
    read(created, 23_500, 1);
    expect(created.judge(24_000).found).toEqual([]);
    expect(created.judge(200_000).verdict.state).toBe('violated');
  });

  it.each([
    ['violated', {}],
    ['clear', { [REGION]: { fetchDeadlineMs: 10_000, joinDeadlineMs: 1_000 } }],
  ])('is %s by an answer labelled stale for longer than one fetch of our edge may take, with bounds %o', (state, bounds) => {
    const created = judge(bounds);
    write(created, 20_000, 2);
    for (const atMs of [20_200, 24_000]) read(created, atMs, 1, 'stale');
    expect(created.judge(25_000).verdict.state).toBe(state);
  });

  it('counts no time of a fault, nor of recovering from it', () => {
    const created = judge();
    cut(created, 20_000);
    write(created, 20_100, 2);
    read(created, 40_000, 1);
    created.changeFault('f1', { healedMs: 41_000 });
    read(created, 43_900, 1);
    expect(created.judge(44_000).verdict.state).toBe('clear');
    read(created, 46_000, 1);
    expect(created.judge(46_500).verdict.state).toBe('violated');
  });

  it('counts the time after a fault once the region has said twice that it caught up', () => {
    const created = judge();
    cut(created, 20_000);
    write(created, 20_100, 2);
    created.changeFault('f1', { healedMs: 41_000 });
    const sample = { region: REGION, since: 's', originFetches: 1, lag: 0, queued: 0, joins: 1, applied: {} };
    for (const atMs of [41_100, 41_600, 42_100]) created.add('edge-sample', { ...sample, atMs, caughtUp: atMs > 41_200 });
    read(created, 43_000, 1);
    expect(created.judge(43_500).verdict.state).toBe('clear');
    read(created, 43_900, 1);
    expect(created.judge(44_000).verdict.state).toBe('violated');
  });

  it('allows the largest delay there was meanwhile', () => {
    const created = judge();
    created.add('delay', { region: REGION, atMs: 20_000, delayMs: 5_000 });
    write(created, 20_100, 2);
    read(created, 24_000, 1);
    expect(created.judge(25_000).verdict.state).toBe('clear');
  });

  it('proves nothing by a machine that stood still', () => {
    const created = judge();
    write(created, 20_000, 2);
    created.add('stall', { dueMs: 20_100, lateMs: 1_900 });
    read(created, 22_000, 1);
    expect(created.judge(23_000).verdict.state).toBe('clear');
  });

  it.each([
    ['how late it was', 22_200, '0.90 s of the 2.2 s', { stall: { dueMs: 20_100, lateMs: 900, overMs: 1_000, of: `edge:${REGION}` } }],
    [
      'how long it waited for a processor',
      21_900,
      '1.5 s of the 1.9 s',
      { pressure: { of: 'origin', atMs: 21_600, overMs: 1_600, waitedMs: 1_500 } },
    ],
  ] as const)('hears from a service %s', (_title, atMs, said, { stall, pressure }: { stall?: Stall; pressure?: Pressure }) => {
    const created = judge();
    write(created, 20_000, 2);
    if (stall !== undefined) created.add('stall', stall);
    if (pressure !== undefined) created.add('pressure', pressure);
    read(created, atMs, 1);
    const reason = `2 reads judged, 1 above their bound while the machine stood still for ${said}`;
    expect(created.judge(23_000).verdict).toEqual({ state: 'clear', violations: 0, reason });
  });

  it('is not moved by what another region says of itself', () => {
    const created = judge();
    write(created, 20_000, 2);
    created.add('stall', { dueMs: 20_100, lateMs: 1_900, of: 'edge:us-east' });
    read(created, 22_000, 1);
    expect(created.judge(23_000).verdict.state).toBe('violated');
  });

  it('is no worse after a fault that was told late, when that is forgotten', () => {
    const created = judge();
    write(created, 5_100, 2);
    for (const atMs of [6_000, 8_000, 10_900]) read(created, atMs, 1);
    // It began before those reads, which it explains, and is told after them.
    cut(created, 5_000);
    created.changeFault('f1', { healedMs: 11_000 });
    let version = 2;
    for (let atMs = 12_000; atMs < 110_000; atMs += 1_000) {
      if (atMs % 10_000 === 0) {
        version += 1;
        write(created, atMs - 500, version);
      }
      read(created, atMs, version);
      const { verdict } = created.judge(atMs + 10);
      expect([atMs, verdict.state, verdict.reason]).toEqual([atMs, 'clear', expect.stringMatching(/reads judged$/)]);
    }
    write(created, 110_000, version + 1);
    read(created, 113_000, version);
    expect(created.judge(113_100).verdict.state).toBe('violated');
  });

  it('allows what reads showed before the first fault, and goes on allowing it', () => {
    const created = judge();
    write(created, 4_000, 2);
    read(created, 5_200, 1);
    cut(created, 20_000);
    created.changeFault('f1', { healedMs: 21_000 });
    for (const beginMs of [30_000, 200_000]) {
      write(created, beginMs, beginMs);
      read(created, beginMs + 1_290, beginMs - 1);
      expect(created.judge(beginMs + 1_300).verdict.state).toBe('clear');
    }
  });

  it('forgets what is older than its window, and knows less for it, never more', () => {
    const created = judge();
    write(created, 20_000, 2);
    const late = 120_000;
    created.judge(late);
    read(created, late, 1);
    expect(created.judge(late + 1_000).verdict.violations).toBe(0);
  });

  it('says how old the answers of the last ten seconds were', () => {
    const created = judge();
    write(created, 20_000, 2);
    read(created, 20_205, 1);
    read(created, 21_000, 2);
    expect(created.judge(22_000).staleness[REGION]).toEqual({ p99: 200, max: 200, oldReads: 1, reads: 2 });
    expect(created.judge(40_000).staleness[REGION]).toEqual({ p99: null, max: null, oldReads: 0, reads: 0 });
    expect(Object.values(created.judge(40_000).reads)).toEqual([3]);
    expect(created.judge(200_000).reads).toEqual({});
  });
});
