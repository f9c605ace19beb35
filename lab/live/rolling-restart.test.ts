/**
 * rolling-restart in a world that somebody plays with, in virtual time: all its point is the 1.2 s that every edge
 * holds invalidations for.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../services/runtime/random.ts';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import { readTopology } from '../topology/topology.ts';
import { startSimulated } from '../worlds/simulated/simulated.ts';
import { FIGURES_MS } from './figures.ts';
import type { LiveEvent } from './protocol.ts';
import { startLiveLab } from './start-live-lab.ts';
import { Events, isReady, metricsOf, says } from './testing/events.ts';

const COMPOSE = fileURLToPath(new URL('../../compose.yaml', import.meta.url));
const SCENARIO = fileURLToPath(new URL('../scenarios/rolling-restart.yaml', import.meta.url));
/** Of real time, on a busy machine. */
const LONG_MS = 90_000;
const REGIONS = ['us-east', 'eu-west', 'ap-south'] as const;

/** The delays that a region was seen to have, each as often as it began to have it. */
function delaysOf(region: string, events: readonly LiveEvent[]): readonly number[] {
  const seen = events.flatMap((event) => metricsOf(event, region)?.propagationDelayMs ?? []);
  return seen.filter((delayMs, at) => delayMs !== seen[at - 1]);
}

describe('rolling-restart', () => {
  it('restarts every edge twice, and each has the 1.2 s from its beginning to its end, and what a person set after it', {
    timeout: LONG_MS,
  }, async () => {
    const clock = new VirtualClock();
    const events = new Events();
    const topology = await readTopology({ file: COMPOSE, environment: {} });
    await clock.runUntil(
      (async () => {
        const lab = startLiveLab({
          startWorld: () => startSimulated({ topology, clock, random: createRandom(1) }),
          catalogue: {
            files: new Map([['rolling-restart', SCENARIO]]),
            version: '0',
            topology: () => Promise.reject(new Error('nobody asks')),
          },
          clock,
          random: createRandom(1),
          onEvent: events.take,
        });
        await events.until(isReady);
        lab.do({ do: 'configure', region: 'us-east', propagationDelayMs: 70 });
        await events.until(says(/^us-east: delay 70 ms$/));
        lab.do({ do: 'run', scenario: 'rolling-restart' });
        const ended = await events.until((event) => event.type === 'run-ended', 0, LONG_MS);
        // The first observation after it may have been asked for before it.
        await events.until((event) => metricsOf(event, 'us-east')?.propagationDelayMs === 70, events.all.indexOf(ended));
        await events.until((event) => event.type === 'judged', events.all.length);
        expect(await lab.close()).toEqual([]);
      })(),
    );
    const isPhase = (name: string) => (event: LiveEvent) =>
      event.type === 'run-said' && event.event.type === 'Phase' && event.event.phase === name;
    const [from, to] = [events.all.findIndex(isPhase('fault')), events.all.findIndex((event) => event.type === 'run-ended')];
    // The steady load is silent by then: what is told of the answers is told of those of the run.
    const late = events.all.slice(from, to).filter((event) => event.type === 'judged' && event.t > (events.all[from]?.t ?? 0) + FIGURES_MS);
    expect(late.length).toBeGreaterThan(5);
    for (const event of late)
      for (const region of REGIONS)
        expect(event).toMatchObject({ staleness: { [region]: { reads: expect.toSatisfy((reads) => reads > 0) } } });
    for (const region of REGIONS) {
      const during = events.all.slice(from, to).filter((event) => event.type === 'observed');
      expect([region, delaysOf(region, during)]).toEqual([region, [1_200]]);
    }
    const restarts = events.all.filter(
      (event) => event.type === 'run-said' && event.event.type === 'Fault' && event.event.event === 'injected',
    );
    expect(restarts).toHaveLength(7);
    expect(delaysOf('us-east', events.all).at(-1)).toBe(70);
    const summary = events.all.findLast((event) => event.type === 'run-said' && event.event.type === 'Summary');
    expect(summary).toMatchObject({ event: { status: 'completed', verdict: 'pass' } });
    expect(events.all.findLast((event) => event.type === 'judged')).toMatchObject({ verdict: { violations: 0 } });
  });
});
