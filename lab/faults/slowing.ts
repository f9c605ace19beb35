/**
 * By how much a slow link delays what crosses it: a fault that slows widens a bound, it does not suspend judgement.
 *
 * An invalidation and a fetch cross a link several times, one crossing after the other: how often stands with each link
 * in `parts.ts`.
 *
 * A call that takes longer than its deadline fails, so a link that is slow enough stops what it should only delay.
 */
import { type Crossings, type Direction, LINKS, type Link, linkKindOf } from '../system/parts.ts';

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

const ONE_CALL: Crossings = { there: 1, back: 1 };

/** `eachMs`: how much later what is sent in one direction arrives. */
export function slowingOf(link: Link, direction: Direction, eachMs: number): Slowing {
  const { invalidation, fetch } = LINKS[linkKindOf(link)];
  const sum = ({ there, back }: Crossings) => eachMs * ((direction === 'back' ? 0 : there) + (direction === 'there' ? 0 : back));
  return { invalidationMs: sum(invalidation), fetchMs: sum(fetch), callMs: sum(ONE_CALL) };
}
