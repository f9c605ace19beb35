/**
 * By how much a slow link delays what crosses it: a fault that slows widens a bound, it does not suspend judgement.
 *
 * An invalidation and a fetch cross a link several times, one crossing after the other. The counts are the worst of what the services
 * do, from when a change can be known until its region has applied it, and from when a fetch begins until its answer is there:
 *
 * - edge-kafka: a request for records that the broker has just answered without it, a heartbeat before the next, then that one.
 * - origin-kafka: an append under way, then the one that carries it.
 * - origin-postgres: the change's own answer, marking the batch before, claiming this one; and a connection that is opened first, which takes
 *   four round trips (startup, two of SCRAM, ready).
 * - edge-origin: no invalidation crosses it; a fetch does once.
 *
 * A call that takes longer than its deadline fails, so a link that is slow enough stops what it should only delay.
 */
import type { Direction, Link } from '../worlds/world.ts';

export interface Slowing {
  /** How much later an invalidation is applied, at most, in ms. */
  readonly invalidationMs: number;
  /** How much longer a fetch takes, at most, in ms. */
  readonly fetchMs: number;
  /** How much longer one call across the link takes, at most, in ms. */
  readonly callMs: number;
  /** It may be more: how much depends on what else is sent. */
  readonly isLeast?: true;
}

interface Crossings {
  readonly there: number;
  readonly back: number;
}

interface LinkCrossings {
  readonly invalidation: Crossings;
  readonly fetch: Crossings;
}

const NONE: Crossings = { there: 0, back: 0 };
const ONE_CALL: Crossings = { there: 1, back: 1 };

const CROSSINGS: Readonly<Record<string, LinkCrossings>> = {
  'edge-kafka': { invalidation: { there: 2, back: 3 }, fetch: NONE },
  'edge-origin': { invalidation: NONE, fetch: ONE_CALL },
  'origin-kafka': { invalidation: { there: 2, back: 1 }, fetch: NONE },
  'origin-postgres': { invalidation: { there: 6, back: 7 }, fetch: { there: 6, back: 6 } },
};

/** `eachMs`: how much later what is sent in one direction arrives. */
export function slowingOf({ caller, callee }: Link, direction: Direction, eachMs: number): Slowing {
  const crossings = CROSSINGS[`${caller.split(':')[0]}-${callee}`];
  if (crossings === undefined) throw new TypeError(`expected a link of ${Object.keys(CROSSINGS).join(', ')}, got ${caller}-${callee}`);
  const sum = ({ there, back }: Crossings) => eachMs * ((direction === 'back' ? 0 : there) + (direction === 'there' ? 0 : back));
  return { invalidationMs: sum(crossings.invalidation), fetchMs: sum(crossings.fetch), callMs: sum(ONE_CALL) };
}
