import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { childrenOf } from '../../lab/testing/children.ts';
import { startProgram, untilGone } from '../testing/process.ts';

/** The embedded world takes its time on a machine that does other things too. */
const LOAD_MS_MAX = 120_000;
/** The services count their delay in whole ms of the wall clock, the lab on a monotonic one. */
const CLOCK_SLACK_MS = 5;

const figures = z.object({
  region: z.string(),
  reads: z.int(),
  failed: z.int(),
  hitRatio: z.number(),
  p50: z.number(),
  p99: z.number(),
  met: z.boolean(),
});
const result = z.object({
  met: z.boolean(),
  otherReads: z.int(),
  overall: figures,
  regions: z.array(figures.extend({ strategy: z.string(), delayMs: z.number(), staleHits: z.int(), newVersionMs: z.number() })),
});

const load = (...words: string[]) => startProgram(['load', ...words, '--ports', 'auto']);

describe.concurrent('load', () => {
  it('reads, changes and reads again in every region, with the figures of each', { timeout: LOAD_MS_MAX }, async () => {
    const { code, stdout, stderr } = await load('--requests', '20', '--after', '60', '--json').ended;
    const { regions, overall, met, otherReads } = result.parse(JSON.parse(stdout));
    expect(code).toBe(met ? 0 : 99);
    expect(regions.map(({ region, reads, failed }) => [region, reads, failed])).toEqual([
      ['us-east', 130, 0],
      ['eu-west', 130, 0],
      ['ap-south', 130, 0],
    ]);
    expect([overall.reads, otherReads]).toEqual([390, 0]);
    for (const { strategy, delayMs, staleHits, newVersionMs, hitRatio, p50, p99 } of regions) {
      // Nothing is invalidated before its delay; a lazy region answers once more from before, an eager one never.
      expect(newVersionMs).toBeGreaterThanOrEqual(delayMs - CLOCK_SLACK_MS);
      expect(staleHits > 0).toBe(strategy === 'lazy');
      expect(hitRatio).toBeGreaterThan(50);
      expect(p99).toBeGreaterThanOrEqual(p50);
    }
    expect(stderr).toContain('after the PUT: 60 reads in each region');
  });

  it('is 99 when a target is missed, with the original’s figures beside ours', { timeout: LOAD_MS_MAX }, async () => {
    // Two hundred reads under way cannot each be answered within 10 ms.
    const { code, stdout } = await load('--requests', '200', '--after', '5', '--basic', '--concurrency', '64').ended;
    expect(code).toBe(99);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^ +reads +hit ratio +P50 ms +P95 ms +P99 ms +stale hits +new version after ms$/);
    expect(lines[1]).toMatch(/^us-east, eager, 100 ms +455 +\d+\.\d\d % /);
    expect(lines[2]).toMatch(/^ {2}the original EdgeSync +1450 +96\.14 % +- +- +143 +0 +-$/);
    expect(lines.find((line) => line.startsWith('target'))).toMatch(/^target +> 90 % +< 10 +< 50 +< 210$/);
    expect(lines.at(-1)).toMatch(/^a target is missed in us-east, eu-west, ap-south$/);
  });

  it.each(['0', '100001', '-1', 'many'])('refuses --requests %s with 104', async (requests) => {
    const { code, stdout, stderr } = await load('--requests', requests).ended;
    expect([code, stdout]).toEqual([104, '']);
    expect(stderr).toContain('Expected a whole number from 1 to 100000.');
  });

  it('stopped by Ctrl-C exits 105 without a figure, and leaves no process', { timeout: LOAD_MS_MAX }, async () => {
    const running = load('--requests', '100000', '--concurrency', '1');
    await running.says('load: 100000 reads');
    const hosts = await childrenOf(running.child.pid);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect([code, stdout]).toEqual([105, '']);
    await untilGone(hosts);
  });

  it('is 107 when its world is lost', { timeout: LOAD_MS_MAX }, async () => {
    const running = load('--requests', '100000');
    await running.says('load: 100000 reads');
    const [host = Number.NaN] = await childrenOf(running.child.pid);
    process.kill(host, 'SIGKILL');
    const { code, stderr } = await running.ended;
    expect(code).toBe(107);
    expect(stderr).toContain('the process of the services ended (SIGKILL)');
  });
});
