/** How short the built-in scenarios may be, for tests in real time. */
export const SHORTENED_MS = 6_000;

/** Scenarios whose thresholds hold for their own length alone: a cache that nobody has filled yet has nothing to lose. */
export const NEEDS_ITS_LENGTH: readonly string[] = ['cold-cache'];
