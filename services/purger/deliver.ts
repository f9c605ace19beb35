/**
 * How an invalidation is brought to a cache.
 *
 * `repeat`: until the cache has taken it. `once`: whatever comes of it, as most applications do. `again`: until it was taken, and then once
 * more after each of some times, so that what a fetch under way brought meanwhile is purged, too. `none`: not at all; entries live until
 * they end by themselves.
 */
export type Deliver =
  | { readonly how: 'repeat' | 'once' | 'none' }
  /** ms after the purge before was taken. */
  | { readonly how: 'again'; readonly afterMs: readonly number[] };

export const REPEAT: Deliver = { how: 'repeat' };
