/**
 * What shows from outside whether a node can be used: its own answers where it has a port, its users' view of it where
 * not.
 */
import type { Clock } from '../../services/runtime/clock.ts';
import { type EdgeUnderTest, need } from '../system/edges/edge.ts';
import type { Link, NodeName } from '../system/parts.ts';
import type { ConcreteTarget } from '../system/target.ts';
import type { WorldControl } from '../worlds/world.ts';
import type { FaultContext } from './fault.ts';
import { edgeOf } from './region-target.ts';

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

/** An impairment of a link, by its id. */
export interface Impaired {
  readonly id: string;
  readonly link: Link;
}

/** A link as it is before an impairment. */
export interface Baseline {
  /** ms that a probe takes. */
  readonly elapsedMs: number;
  /** Whether nothing else was in force there: else what probes take says nothing of this impairment. */
  readonly isClean: boolean;
}

/** Of several probes the fastest, for a busy machine makes some slow, and none fast. */
export async function baseline(control: WorldControl, { id, link }: Impaired, bytes?: number): Promise<Baseline> {
  const { isHidden } = await control.record(id, link);
  if (isHidden) return { elapsedMs: 0, isClean: false };
  let fastest = await control.probe(link, bytes);
  for (let count = 1; count < PROBES; count += 1) {
    const probe = await control.probe(link, bytes);
    if (probe.answered && (!fastest.answered || probe.elapsedMs < fastest.elapsedMs)) fastest = probe;
  }
  return { elapsedMs: fastest.elapsedMs, isClean: fastest.answered };
}

/**
 * Whether an impairment is in effect: the world's own record of it says so, and so does what crosses the link, unless
 * something else on it hides that. `probed` is left out where probes cannot tell.
 */
export async function isSeenOn(control: WorldControl, { id, link }: Impaired, probed?: () => Promise<boolean>): Promise<boolean> {
  const { inForce, isHidden } = await control.record(id, link);
  return inForce && (isHidden || probed === undefined || (await probed()));
}

/**
 * Whether it is gone, by the same two witnesses: another fault that still holds the link does not keep this one from
 * being seen gone.
 */
export async function isSeenGone(control: WorldControl, { id, link }: Impaired, probed?: () => Promise<boolean>): Promise<boolean> {
  const { inForce, isHidden } = await control.record(id, link);
  return !inForce && (isHidden || probed === undefined || (await probed()));
}

async function holds(clock: Clock, ask: (signal: AbortSignal) => Promise<boolean>, deadlineMs = EVIDENCE_DEADLINE_MS): Promise<boolean> {
  const overdue = new AbortController();
  const timer = clock.setTimer(deadlineMs, () => overdue.abort());
  return ask(overdue.signal)
    .catch(() => false)
    .finally(() => timer.cancel());
}

/**
 * Whether a node is back in use. Where its users are away themselves, or cut off from it, they cannot show it, and what
 * the world says of the node is all there is.
 */
export async function isUsable(context: FaultContext, target: ConcreteTarget): Promise<boolean> {
  return (await isSeenUsable(context, target)) || (await isUserAway(context.world.control, target));
}

async function isUserAway(control: WorldControl, { kind, region }: ConcreteTarget): Promise<boolean> {
  if (kind === 'redis') return !(await isRunning(control, `edge:${region ?? ''}`));
  if (kind !== 'kafka' && kind !== 'postgres') return false;
  return !(await isRunning(control, 'origin')) || (await control.record('', { caller: 'origin', callee: kind })).isHidden;
}

/** Whether its users can use it now. */
export function isSeenUsable({ clients, clock }: FaultContext, target: ConcreteTarget): Promise<boolean> {
  switch (target.kind) {
    case 'edge':
      return holds(clock, (signal) => answers(edgeOf(clients, target), signal));
    case 'purger':
      return holds(clock, async (signal) => (await need(edgeOf(clients, target), 'metrics')(signal)).success);
    case 'redis':
      return holds(clock, (signal) => reachesCache(edgeOf(clients, target), signal), EDGE_HEALTH_DEADLINE_MS);
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

/** Of an edge that tells no metrics: whether it can be read. */
async function answers({ can, read, isToldByOther }: EdgeUnderTest, signal: AbortSignal): Promise<boolean> {
  return isToldByOther === true || can.metrics === undefined ? isRead(read, signal) : (await can.metrics(signal)).success;
}

/** Of an edge that does not say how it is: whether it can be read. */
async function reachesCache({ can, read }: EdgeUnderTest, signal: AbortSignal): Promise<boolean> {
  if (can.health === undefined) return isRead(read, signal);
  // A server that is frozen keeps its connections: only who asks it something finds out.
  await read(ANY_CONTENT).catch(() => {});
  return (await can.health(signal)).redis === 'connected';
}

async function isRead(read: EdgeUnderTest['read'], signal: AbortSignal): Promise<boolean> {
  await read(ANY_CONTENT, signal);
  return true;
}
