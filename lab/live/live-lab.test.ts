/** The world to play with, played with: what its events say of commands, on the embedded world. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { alarmsOf } from '../testing/alarms.ts';
import { readTopology } from '../topology/topology.ts';
import { startEmbedded } from '../worlds/embedded/embedded.ts';
import type { LiveLab } from './live-lab.ts';
import type { LabCommand } from './protocol.ts';
import { startLiveLab } from './start-live-lab.ts';
import { COMPOSE, type EmbeddedLab, LONG_MS, startEmbeddedLab } from './testing/embedded-lab.ts';
import { Events, metricsOf, says } from './testing/events.ts';

const RACE = fileURLToPath(new URL('../scenarios/stale-set-race.yaml', import.meta.url));

const SHORT = `
version: 1
title: A short cut
description: for a test
system: { regions: { us-east: { delay: 250ms, strategy: lazy } } }
workload: { duration: 3s, reads: 60/s, writes: 8/s, keys: 20, creates: 20%, deletes: 20%, purges: 30% }
method: [{ at: 1s, fault: partition, target: 'edge:eu-west<->kafka', for: 1s }]
settle: 5s
thresholds: { 'edge_reads': ['count>10'] }
`;

const PAUSES = '[{ at: 0s, fault: pause, target: origin, for: 2s }, { at: 1s, fault: kill, target: origin }]';
const SCENARIOS = {
  short: SHORT,
  long: SHORT.replace('3s', '60s').replace('for: 1s', 'for: 50s'),
  lost: SHORT.replace('edge:eu-west', 'edge:mars'),
  clash: SHORT.replace(/method: .*/, `method: ${PAUSES}`),
};

let embedded: EmbeddedLab;
let events: Events;
let lab: LiveLab;
let when: EmbeddedLab['when'];

beforeAll(async () => {
  embedded = await startEmbeddedLab(SCENARIOS, new Map([['stale-set-race', RACE]]));
  ({ events, lab, when } = embedded);
});
afterAll(async () => {
  expect(await embedded.close()).toEqual([]);
});

describe('the live lab', () => {
  it('names the steps of its start, then the world', () => {
    const steps = events.all.filter((event) => event.type === 'Step').map(({ step }) => step);
    expect(steps).toEqual([
      'postgres ready',
      'origin listening',
      'edge us-east listening',
      'edge eu-west listening',
      'edge ap-south listening',
    ]);
  });

  it('keeps every region under reads and writes', async () => {
    for (const region of ['us-east', 'eu-west', 'ap-south']) {
      const seen = await events.until((event) => (metricsOf(event, region)?.window.requests ?? 0) > 50);
      expect(metricsOf(seen, region)?.window.hitRatio).toBeGreaterThan(0);
    }
    await events.until((event) => event.type === 'observed' && (event.observation.origin.metrics?.requests.writes ?? 0) > 13);
  });

  it('writes one and writes a burst', async () => {
    await when({ do: 'write', count: 1 }, says(/^content:\d+ is version \d+ at the origin$/));
    const burst = await when({ do: 'write', count: 50 }, (event) => event.type === 'written' && event.writes.length === 50);
    if (burst.type === 'written') expect(new Set(burst.writes.map(({ key, version }) => `${key} ${version}`)).size).toBe(50);
    await events.until(says(/^50 writes at the origin$/));
  });

  it('cuts a link, sees the region fall behind, heals it, sees it catch up', async () => {
    const target = 'edge:eu-west<->kafka';
    const since = events.all.length;
    const cut = await when(
      { do: 'inject', fault: 'partition', target },
      (event) => event.type === 'faults' && event.inForce[0]?.state === 'inForce',
    );
    expect(cut).toMatchObject({ inForce: [{ fault: 'partition', target, region: 'eu-west', effect: 'confirmed' }] });
    lab.do({ do: 'write', count: 50 });
    await events.until(says(/^eu-west hears nothing from the log$/), since);
    const healed = events.all.length;
    lab.do({ do: 'heal-all' });
    await events.until(says(/^healed: partition/), healed);
    await events.until(says(/^eu-west has caught up$/), healed);
    const last = await events.until((event) => metricsOf(event, 'eu-west')?.log.lag === 0, healed);
    expect(metricsOf(last, 'eu-west')?.log.connected).toBe(true);
  });

  it('counts the answers an edge does not give, and keeps its last figures', async () => {
    const target = 'edge:ap-south';
    await when(
      { do: 'inject', fault: 'kill', target },
      (event) => event.type === 'observed' && (event.observation.regions['ap-south']?.failures ?? 0) > 1,
    );
    const silent = events.all.at(-1);
    expect(metricsOf(silent ?? { type: 'lost', t: 0, why: '', exitCode: 107 }, 'ap-south')).toBeDefined();
    await when({ do: 'heal-all' }, (event) => event.type === 'observed' && event.observation.regions['ap-south']?.failures === 0);
  });

  it('changes delay and strategy for good', async () => {
    const command: LabCommand = { do: 'configure', region: 'us-east', propagationDelayMs: 50, strategy: 'lazy' };
    const changed = await when(command, (event) => metricsOf(event, 'us-east')?.propagationDelayMs === 50);
    expect(metricsOf(changed, 'us-east')?.strategy).toBe('lazy');
  });

  it('keeps the last of several settings asked for at once', async () => {
    const since = events.all.length;
    const delays = [10, 20, 30, 40, 50, 60, 70];
    for (const propagationDelayMs of delays) lab.do({ do: 'configure', region: 'eu-west', propagationDelayMs });
    await events.until(says(/^eu-west: delay 70 ms$/), since);
    const told = events.all.slice(since).flatMap((event) => (event.type === 'note' && /delay/.test(event.text) ? [event.text] : []));
    expect(told).toEqual(delays.map((ms) => `eu-west: delay ${ms} ms`));
  });

  it('tells of a fault when its effect was seen and when it was seen gone, once each', async () => {
    const since = events.all.length;
    await when({ do: 'inject', fault: 'pause', target: 'redis:us-east' }, says(/^redis:us-east is paused$/));
    await when({ do: 'heal-all' }, says(/^healed: pause redis:us-east$/));
    const told = events.all.slice(since).flatMap((event) => (event.type === 'note' && event.text.includes('redis') ? [event.text] : []));
    expect(told).toEqual(['redis:us-east is paused', 'healed: pause redis:us-east']);
  });

  it('heals by itself what was for a time, and says until when', async () => {
    const since = events.all.length;
    lab.do({ do: 'inject', fault: 'partition', target: 'edge:us-east<->origin', forMs: 700 });
    const told = await events.until((event) => event.type === 'faults' && event.inForce[0]?.endsMs !== undefined, since);
    const [active] = told.type === 'faults' ? told.inForce : [];
    expect((active?.endsMs ?? 0) - (active?.injectedMs ?? 0)).toBe(700);
    await events.until(says(/^healed: partition edge:us-east<->origin$/), since);
  });

  it('changes the load', async () => {
    await when({ do: 'load', readsPerSecond: 30 }, (event) => event.type === 'load' && event.rates.readsPerSecond === 30);
    await when({ do: 'load', readsPerSecond: 60, writesPerSecond: 1 }, says(/^load: 60 reads\/s, 1 writes\/s$/));
  });

  it('traces a write while the load goes on, and says why it cannot', async () => {
    const traced = await when({ do: 'trace', id: 1 }, (event) => event.type === 'traced' || event.type === 'trace-failed');
    expect(traced).toMatchObject({ type: 'traced', trace: { key: 'content:1', complete: true } });
    await when({ do: 'trace', id: 999_999 }, (event) => event.type === 'trace-failed');
  });

  it('judges as it goes, once a second', async () => {
    const judged = await events.until((event) => event.type === 'judged' && event.verdict.state === 'clear', events.all.length);
    expect(judged).toMatchObject({ verdict: { violations: 0 } });
    if (judged.type === 'judged') expect(Object.keys(judged.staleness)).toEqual(['us-east', 'eu-west', 'ap-south']);
  });

  it('purges a content and lets two hundred readers ask for it: the origin is asked once', async () => {
    const done = await when({ do: 'stampede', region: 'ap-south', readers: 200 }, (event) => event.type === 'stampeded');
    expect(done).toMatchObject({ stampede: { readers: 200, answered: 200, fetches: 1 } });
  });

  it('runs the stale-set race in virtual time, without the fence and with it', async () => {
    const raced = await when({ do: 'race' }, (event) => event.type === 'raced');
    expect(raced).toMatchObject({ race: { broken: { verdict: 'fail' }, real: { verdict: 'pass', failed: [] } } });
  });

  it('lists the scenarios, and refuses to run what this world has not', async () => {
    const lost = { id: 'lost', refused: expect.stringMatching(/^method\.0\.target: .*mars/) };
    const listed = await when({ do: 'list-scenarios' }, (event) => event.type === 'scenarios');
    const card = { id: 'short', title: 'A short cut', description: 'for a test', durationMs: 3_000 };
    expect(listed).toMatchObject({ scenarios: [card, { id: 'long' }, lost, { id: 'clash' }, { id: 'stale-set-race' }] });
    expect(listed).not.toMatchObject({ scenarios: [{ refused: expect.anything() }] });
    const refused = await when({ do: 'run', scenario: 'lost' }, (event) => event.type === 'run-ended');
    expect(refused).toMatchObject({ why: expect.stringContaining('mars') });
    const clash = await when({ do: 'run', scenario: 'clash' }, (event) => event.type === 'run-ended');
    const line = 'clash.yaml:7: method.1.target: pause origin is still in force at 1000 ms: that fault is healed at 2000 ms';
    expect(clash).toMatchObject({ why: expect.stringContaining(line) });
  });

  it('runs a scenario in its world: heals first, waits with its load, and puts back what it set', { timeout: LONG_MS }, async () => {
    await when({ do: 'configure', region: 'us-east', propagationDelayMs: 70 }, says(/^us-east: delay 70 ms$/));
    await when({ do: 'inject', fault: 'pause', target: 'redis:us-east' }, says(/^redis:us-east is paused$/));
    const before = await embedded.slugs();
    const since = events.all.length;
    lab.do({ do: 'run', scenario: 'short' });
    await events.until((event) => event.type === 'run-begun', since);
    expect(events.all.slice(since).some(says(/^healed: pause redis:us-east$/))).toBe(true);
    await events.until((event) => metricsOf(event, 'us-east')?.propagationDelayMs === 250, since);
    await when({ do: 'write', count: 1 }, says(/a scenario runs: other commands wait/));
    await events.until((event) => event.type === 'faults' && event.inForce.some(({ fault }) => fault === 'partition'), since);
    await events.until((event) => event.type === 'run-ended', since, LONG_MS);
    const said = events.all.slice(since).flatMap((event) => (event.type === 'run-said' ? [event.event] : []));
    expect(said.flatMap((event) => (event.type === 'Phase' ? [event.phase] : []))).toEqual([
      'warmup',
      'steady',
      'fault',
      'heal',
      'settle',
      'final',
    ]);
    const summary = said.at(-1);
    expect(summary).toMatchObject({ type: 'Summary', status: 'completed', thresholds: [{ ok: true }] });
    if (summary?.type !== 'Summary') throw new TypeError('expected the summary to be the last event');
    expect(summary.checks.length).toBeGreaterThan(0);
    // A busy machine may keep it from judging, and says so: nothing else may.
    expect(alarmsOf(summary)).toEqual([]);
    expect(await embedded.slugs()).toEqual(before);
    // What was in force before is again, and all that the run set is as it was.
    expect(events.all.findLast((event) => event.type === 'faults')).toMatchObject({
      inForce: [{ fault: 'pause', target: 'redis:us-east' }],
    });
    await when({ do: 'heal-all' }, says(/^healed: pause redis:us-east$/));
    const back = await events.until((event) => metricsOf(event, 'us-east')?.propagationDelayMs === 70, events.all.length);
    expect(metricsOf(back, 'us-east')?.strategy).toBe('lazy');
    await when({ do: 'write', count: 12 }, says(/^12 writes at the origin$/));
    await events.until((event) => event.type === 'judged', events.all.length);
    expect(events.all.findLast((event) => event.type === 'judged')).toMatchObject({ verdict: { violations: 0 } });
  });

  it('stops a run that is aborted, heals its faults, and reports', { timeout: LONG_MS }, async () => {
    const since = events.all.length;
    lab.do({ do: 'run', scenario: 'long' });
    await events.until((event) => event.type === 'faults' && event.inForce.some(({ fault }) => fault === 'partition'), since, LONG_MS);
    lab.do({ do: 'abort-run' });
    await events.until((event) => event.type === 'run-ended', since, LONG_MS);
    const [summary] = events.all
      .slice(since)
      .flatMap((event) => (event.type === 'run-said' && event.event.type === 'Summary' ? [event.event] : []));
    expect(summary).toMatchObject({ status: 'aborted', heal: { clean: true } });
    expect(events.all.findLast((event) => event.type === 'faults')).toMatchObject({ inForce: [] });
  });

  it('answers what cannot be done with a note', async () => {
    await when({ do: 'inject', fault: 'partitoin', target: 'origin' }, says(/did you mean partition/));
    await when({ do: 'configure', region: 'mars' }, says(/expected a region/));
  });
});

describe('a start', () => {
  it('that fails is told as lost, and closing it leaves nothing', async () => {
    const seen = new Events();
    const failed = startLiveLab({
      startWorld: () => Promise.reject(new Error('port 4000 is busy')),
      catalogue: { files: new Map(), version: '0', topology: () => Promise.reject(new Error('nobody asks')) },
      clock: systemClock,
      random: createRandom(1),
      onEvent: seen.take,
    });
    expect(await seen.until((event) => event.type === 'lost')).toMatchObject({ why: 'port 4000 is busy', exitCode: 107 });
    expect(await failed.close()).toEqual([]);
  });

  it('can be closed while it is under way', async () => {
    const topology = await readTopology({ file: COMPOSE, environment: {}, freePorts: true });
    const early = startLiveLab({
      startWorld: (onStep, signal) => startEmbedded({ topology, onStep, signal }),
      catalogue: { files: new Map(), version: '0', topology: async () => topology },
      clock: systemClock,
      random: createRandom(1),
      onEvent: () => {},
    });
    expect(await early.close()).toEqual([]);
  });
});
