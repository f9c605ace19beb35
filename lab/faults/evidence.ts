/** What shows from outside whether a node can be used: its own answers where it has a port, its users' view of it where not. */
import type { Clock } from '../../services/runtime/clock.ts';
import type { Link, NodeName, Probe, WorldControl } from '../worlds/world.ts';
import type { FaultContext } from './fault.ts';
import { adminOf } from './region-target.ts';
import type { ConcreteTarget } from './target.ts';

/** A frozen node does not answer at all: waiting longer shows no more. */
const EVIDENCE_DEADLINE_MS = 1_000;
/** An edge asks its origin before it says how it is, and gives that two seconds. */
const EDGE_HEALTH_DEADLINE_MS = 3_000;

/** Whether or not there is such a content, an edge looks into its cache for it. */
const ANY_CONTENT = 1;

export async function isRunning(control: WorldControl, node: NodeName): Promise<boolean> {
  return (await control.inspect(node)).state === 'running';
}

const PROBES = 3;

/** A link as it is before a fault: of several probes the fastest, for a busy machine makes some slow, and none fast. */
export async function fastestProbe(control: WorldControl, link: Link, bytes?: number): Promise<Probe> {
  let fastest = await control.probe(link, bytes);
  for (let count = 1; count < PROBES; count += 1) {
    const probe = await control.probe(link, bytes);
    if (probe.answered && (!fastest.answered || probe.elapsedMs < fastest.elapsedMs)) fastest = probe;
  }
  return fastest;
}

async function holds(clock: Clock, ask: (signal: AbortSignal) => Promise<boolean>, deadlineMs = EVIDENCE_DEADLINE_MS): Promise<boolean> {
  const overdue = new AbortController();
  const timer = clock.setTimer(deadlineMs, () => overdue.abort());
  return ask(overdue.signal)
    .catch(() => false)
    .finally(() => timer.cancel());
}

export function isUsable({ world, clients, clock }: FaultContext, target: ConcreteTarget): Promise<boolean> {
  switch (target.kind) {
    case 'edge':
      return holds(clock, async (signal) => (await clients.edgeMetrics(adminOf(world, target).url, signal)).success);
    case 'redis':
      return holds(
        clock,
        async (signal) => {
          const { url } = adminOf(world, target);
          // A server that is frozen keeps its connections: only who asks it something finds out.
          await clients.read(url, ANY_CONTENT).catch(() => {});
          return (await clients.edgeHealth(url, signal)).redis === 'connected';
        },
        EDGE_HEALTH_DEADLINE_MS,
      );
    case 'origin':
      return holds(clock, async (signal) => (await clients.originHealth(signal)) !== undefined);
    case 'kafka':
      return holds(clock, async (signal) => (await clients.originHealth(signal)).log === 'connected');
    case 'postgres':
      return holds(clock, async (signal) => (await clients.originHealth(signal)).postgres === 'connected');
    default:
      throw new TypeError(`expected a node, got ${target.text}`);
  }
}
