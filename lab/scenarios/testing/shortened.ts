/** How short the built-in scenarios may be, for tests in real time. */
export const SHORTENED_MS = 6_000;

/**
 * Scenarios whose thresholds need their own length. `cold-cache`: a cache that nobody has filled yet has nothing to
 * lose. `delete-while-filling`: in 6 s one seed of 200 has no fill that is refused, in its own length the fewest of 200
 * seeds are 23.
 */
export const NEEDS_ITS_LENGTH: readonly string[] = ['cold-cache', 'delete-while-filling'];
