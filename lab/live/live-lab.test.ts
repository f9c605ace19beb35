/** The world to play with, played with: what its events say of commands, on the embedded world. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { readTopology } from '../topology.ts';
import { startEmbedded } from '../worlds/embedded/embedded.ts';
import type { LabCommand, LiveEvent, LiveLab } from './live-lab.ts';
import { startLiveLab } from './start-live-lab.ts';

const COMPOSE = fileURLToPath(new URL('../../compose.yaml', import.meta.url));
const DEADLINE_MS = 20_000;

/** Every event so far, and whoever waits for one. */
class Events {
  readonly all: LiveEvent[] = [];
  #arrived: () => void = () => {};

  readonly take = (event: LiveEvent): void => {
    this.all.push(event);
    this.#arrived();
  };

  /** Notes and lists of faults from `since` on, for whoever waits in vain. */
  #told(since: number): string[] {
    return this.all.slice(since).flatMap((event) => (event.type === 'note' || event.type === 'faults' ? [JSON.stringify(event)] : []));
  }

  /** The first event from `since` on that matches. */
  async until<T extends LiveEvent>(matches: (event: LiveEvent) => event is T, since?: number): Promise<T>;
  async until(matches: (event: LiveEvent) => boolean, since?: number): Promise<LiveEvent>;
  async until(matches: (event: LiveEvent) => boolean, since = 0): Promise<LiveEvent> {
    const deadline = performance.now() + DEADLINE_MS;
    for (let at = since; ; ) {
      for (; at < this.all.length; at += 1) {
        const event = this.all[at];
        if (event !== undefined && matches(event)) return event;
      }
      if (performance.now() > deadline) throw new Error(`no such event within ${DEADLINE_MS} ms, but:\n${this.#told(since).join('\n')}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}

const isReady = (event: LiveEvent): event is Extract<LiveEvent, { type: 'ready' }> => event.type === 'ready';
const says = (text: RegExp) => (event: LiveEvent) => event.type === 'note' && text.test(event.text);
const metricsOf = (event: LiveEvent, region: string) =>
  event.type === 'observed' ? event.observation.regions.get(region)?.metrics : undefined;

let events: Events;
let lab: LiveLab;

beforeAll(async () => {
  events = new Events();
  const topology = await readTopology({ file: COMPOSE, environment: {}, freePorts: true });
  const startWorld = (onStep: (step: { step: string; elapsedMs: number }) => void, signal: AbortSignal) =>
    startEmbedded({ topology, onStep, signal });
  lab = startLiveLab({ startWorld, clock: systemClock, random: createRandom(1), onEvent: events.take });
  await events.until(isReady);
});
afterAll(async () => {
  expect(await lab.close()).toEqual([]);
});

/** Sends the command and waits for what comes after it. */
async function when(command: LabCommand, matches: (event: LiveEvent) => boolean): Promise<LiveEvent> {
  const since = events.all.length;
  lab.do(command);
  return events.until(matches, since);
}

describe('the live lab', () => {
  it('names the steps of its start, then the world', () => {
    const steps = events.all.filter((event) => event.type === 'step').map(({ step }) => step);
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
    await when({ do: 'write', count: 50 }, says(/^50 writes at the origin$/));
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
      (event) => event.type === 'observed' && (event.observation.regions.get('ap-south')?.failures ?? 0) > 1,
    );
    const silent = events.all.at(-1);
    expect(metricsOf(silent ?? { type: 'lost', t: 0, why: '', exitCode: 107 }, 'ap-south')).toBeDefined();
    await when({ do: 'heal-all' }, (event) => event.type === 'observed' && event.observation.regions.get('ap-south')?.failures === 0);
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
    if (judged.type === 'judged') expect([...judged.staleness.keys()]).toEqual(['us-east', 'eu-west', 'ap-south']);
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
      clock: systemClock,
      random: createRandom(1),
      onEvent: () => {},
    });
    expect(await early.close()).toEqual([]);
  });
});
