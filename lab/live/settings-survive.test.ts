/** What somebody set, a run wants or a fault holds survives the end of an edge's process, on the embedded world. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LiveLab } from './live-lab.ts';
import type { LiveEvent } from './protocol.ts';
import { type EmbeddedLab, LONG_MS, startEmbeddedLab } from './testing/embedded-lab.ts';
import { type Events, metricsOf, says } from './testing/events.ts';

const REGION = 'us-east';

/** As rolling-restart does it, in less time: us-east is 100 ms and eager in compose.yaml. */
const RESTARTED = `
version: 1
title: An edge is restarted
description: for a test
system: { lease: 0s, regions: { ${REGION}: { delay: 1200ms, strategy: lazy } } }
workload: { duration: 6s, reads: 30/s, writes: 2/s, keys: 4 }
method: [{ at: 1s, fault: restart, target: 'edge:${REGION}' }]
settle: 10s
`;

let embedded: EmbeddedLab;
let events: Events;
let lab: LiveLab;
let when: EmbeddedLab['when'];

beforeAll(async () => {
  embedded = await startEmbeddedLab({ restarted: RESTARTED });
  ({ events, lab, when } = embedded);
});
afterAll(async () => {
  expect(await embedded.close()).toEqual([]);
});

const heal = async (fault: string) => {
  const told = events.all.findLast((event) => event.type === 'faults');
  const id = told?.type === 'faults' ? told.inForce.find((one) => one.fault === fault)?.id : undefined;
  await when({ do: 'heal', id: id ?? '' }, says(new RegExp(`^healed: ${fault}`)));
};

/** What the edge says of itself, asked about after this. */
async function settingsNow(): Promise<{ readonly delayMs: number; readonly strategy: string; readonly leaseMs: number }> {
  // The first that comes may have been asked for before.
  const since = events.all.length;
  const isAnswer = (event: LiveEvent) => event.type === 'observed' && event.observation.regions[REGION]?.failures === 0;
  const first = await events.until(isAnswer, since);
  const seen = await events.until(
    (event) => isAnswer(event) && metricsOf(event, REGION) !== metricsOf(first, REGION),
    events.all.indexOf(first),
  );
  const metrics = metricsOf(seen, REGION);
  return { delayMs: metrics?.propagationDelayMs ?? -1, strategy: metrics?.strategy ?? '', leaseMs: metrics?.freshnessLeaseMs ?? -1 };
}

describe('an edge that ends and starts again', () => {
  afterEach(async () => {
    lab.do({ do: 'heal-all' });
    const isListed = () => events.all.findLast((event) => event.type === 'faults')?.inForce.length !== 0;
    if (events.all.some((event) => event.type === 'faults') && isListed()) await events.until(() => !isListed(), events.all.length);
    await when({ do: 'configure', region: REGION, propagationDelayMs: 100, strategy: 'eager' }, says(/^us-east: delay 100 ms, eager$/));
  });

  it('has what a person set, after it was killed', async () => {
    await when({ do: 'configure', region: REGION, propagationDelayMs: 900, strategy: 'lazy' }, says(/^us-east: delay 900 ms, lazy$/));
    await when({ do: 'inject', fault: 'kill', target: `edge:${REGION}` }, says(/is killed$/));
    await heal('kill');
    expect(await settingsNow()).toEqual({ delayMs: 900, strategy: 'lazy', leaseMs: 10_000 });
  });

  it('has what a person set while it was away', async () => {
    await when({ do: 'inject', fault: 'kill', target: `edge:${REGION}` }, says(/is killed$/));
    await when({ do: 'configure', region: REGION, propagationDelayMs: 800 }, says(/^us-east: delay 800 ms$/));
    await heal('kill');
    expect(await settingsNow()).toEqual({ delayMs: 800, strategy: 'eager', leaseMs: 10_000 });
  });

  it('is still under the faults that are listed, and what a person set comes back after them', async () => {
    await when({ do: 'configure', region: REGION, propagationDelayMs: 900 }, says(/^us-east: delay 900 ms$/));
    const target = `edge:${REGION}`;
    await when({ do: 'inject', fault: 'propagation-delay', target, parameters: { delay: '1500ms' } }, says(/after 1500 ms$/));
    await when({ do: 'inject', fault: 'strategy', target, parameters: { strategy: 'lazy' } }, says(/is lazy$/));
    await when({ do: 'inject', fault: 'kill', target }, says(/is killed$/));
    await heal('kill');
    expect(await settingsNow()).toEqual({ delayMs: 1_500, strategy: 'lazy', leaseMs: 10_000 });
    await heal('propagation-delay');
    expect(await settingsNow()).toEqual({ delayMs: 900, strategy: 'lazy', leaseMs: 10_000 });
    await heal('strategy');
    expect(await settingsNow()).toEqual({ delayMs: 900, strategy: 'eager', leaseMs: 10_000 });
  });

  it('may lose its fault while it is away: it starts without', async () => {
    const target = `edge:${REGION}`;
    await when({ do: 'inject', fault: 'propagation-delay', target, parameters: { delay: '1500ms' } }, says(/after 1500 ms$/));
    await when({ do: 'inject', fault: 'kill', target }, says(/is killed$/));
    await heal('propagation-delay');
    await heal('kill');
    expect(await settingsNow()).toEqual({ delayMs: 100, strategy: 'eager', leaseMs: 10_000 });
  });

  it('says that a fault holds what a person sets meanwhile', async () => {
    const target = `edge:${REGION}`;
    await when({ do: 'inject', fault: 'propagation-delay', target, parameters: { delay: '1500ms' } }, says(/after 1500 ms$/));
    const told = /^us-east: delay 700 ms \(after the end of propagation-delay, which holds the setting\)$/;
    await when({ do: 'configure', region: REGION, propagationDelayMs: 700 }, says(told));
    expect(await settingsNow()).toEqual({ delayMs: 1_500, strategy: 'eager', leaseMs: 10_000 });
    await heal('propagation-delay');
    expect(await settingsNow()).toEqual({ delayMs: 700, strategy: 'eager', leaseMs: 10_000 });
  });

  it('in a run has what the run wants, to its end, and then what a person set', { timeout: LONG_MS }, async () => {
    const asked = { propagationDelayMs: 70, freshnessLeaseMs: 7_000 };
    await when({ do: 'configure', region: REGION, ...asked }, says(/^us-east: delay 70 ms, lease 7000 ms$/));
    const since = events.all.length;
    lab.do({ do: 'run', scenario: 'restarted' });
    const saidFault = (name: string) => (event: LiveEvent) =>
      event.type === 'run-said' && event.event.type === 'Fault' && event.event.event === name;
    await events.until(saidFault('injected'), since, LONG_MS);
    await events.until(saidFault('healed'), since);
    expect(await settingsNow()).toEqual({ delayMs: 1_200, strategy: 'lazy', leaseMs: 0 });
    await events.until((event) => event.type === 'run-said' && event.event.type === 'Phase' && event.event.phase === 'final', since);
    const last = events.all.findLast((event) => metricsOf(event, REGION) !== undefined);
    expect(last && metricsOf(last, REGION)?.propagationDelayMs).toBe(1_200);
    await events.until((event) => event.type === 'run-ended', since, LONG_MS);
    expect(await settingsNow()).toEqual({ delayMs: 70, strategy: 'eager', leaseMs: 7_000 });
  });
});
