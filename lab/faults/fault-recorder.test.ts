import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../services/runtime/virtual-clock.ts';
import type { Clients } from '../clients.ts';
import { History } from '../load/history.ts';
import { StubCluster } from '../worlds/docker/stub-cluster-test-support.ts';
import type { FaultChange } from './active-faults.ts';
import { FaultRecorder } from './fault-recorder.ts';
import { propagationDelay } from './propagation-delay.ts';

/** An edge whose settings are asked for, with an answer in the list or none. */
function setUp(answers: (number | undefined)[]) {
  const clock = new VirtualClock();
  const history = new History();
  let asked = 0;
  const edgeConfig = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer === undefined) throw new Error('no answer');
    return { propagationDelayMs: answer, strategy: 'eager' };
  };
  const { world } = new StubCluster({ clock });
  const clients = { edgeConfig } as unknown as Clients;
  const recorder = new FaultRecorder({ world, clients, clock, sink: history, t: () => clock.monotonicMs() });
  return { clock, history, recorder, asked: () => asked };
}

const target = { kind: 'edge', text: 'edge:a', node: 'edge:a', region: 'a' } as const;
const change = (event: FaultChange['event'], injectedMs: number, atMs: number): FaultChange => ({
  spec: { id: 'f1', fault: 'propagation-delay', target, parameters: { delay: 1_000 } },
  fault: propagationDelay as FaultChange['fault'],
  says: '',
  effect: 'confirmed',
  state: 'inForce',
  event,
  injectedMs,
  atMs,
});
const ofA = (history: History) => history.delays.filter(({ region }) => region === 'a').map(({ atMs, delayMs }) => [atMs, delayMs]);

describe('a delay', () => {
  it('that grew is dated from before the fault, though the edge did not say it at once', async () => {
    const { clock, history, recorder } = setUp([undefined, undefined, 1_000]);
    await clock.advance(500);
    await clock.runUntil(recorder.readDelay(change('injected', 400, 450)));
    expect(ofA(history)).toEqual([
      [0, 100],
      [400, 1_000],
    ]);
  });

  it('that shrank is dated from when the edge said it, not from when it was first asked', async () => {
    const { clock, history, recorder } = setUp([undefined, undefined, 50]);
    await clock.advance(500);
    await clock.runUntil(recorder.readDelay(change('injected', 400, 450)));
    const [, shrunk] = ofA(history);
    expect(shrunk?.[1]).toBe(50);
    expect(shrunk?.[0]).toBeGreaterThan(500);
  });

  it('of an edge that never answers is asked for some time, and not for ever', async () => {
    const { clock, history, recorder, asked } = setUp([undefined]);
    await clock.runUntil(recorder.readDelay(change('injected', 0, 0)));
    expect(ofA(history)).toEqual([[0, 100]]);
    expect(asked()).toBeGreaterThan(5);
    expect(clock.monotonicMs()).toBeLessThan(10_000);
    expect(clock.timers).toBe(0);
  });

  it('is asked for no more when nobody wants to know', async () => {
    const { clock, recorder, asked } = setUp([undefined]);
    const reading = recorder.readDelay(change('injected', 0, 0));
    await clock.advance(10);
    recorder.close();
    await reading;
    expect(asked()).toBe(1);
    expect(clock.timers).toBe(0);
  });
});
