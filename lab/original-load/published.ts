/** What the system this grew from published of its load tests, and the targets it set: read from its description. */

export interface PublishedFigures {
  readonly reads: number;
  /** Percent. */
  readonly hitRatio: number;
  readonly p99Ms: number;
  readonly staleHits: number;
}

/** By region; `overall` for all of them. */
export const PUBLISHED: Readonly<Record<string, PublishedFigures>> = {
  'us-east': { reads: 1450, hitRatio: 96.14, p99Ms: 143, staleHits: 0 },
  'eu-west': { reads: 1450, hitRatio: 97.79, p99Ms: 141, staleHits: 17 },
  'ap-south': { reads: 1450, hitRatio: 98.14, p99Ms: 208, staleHits: 19 },
  overall: { reads: 4350, hitRatio: 97, p99Ms: 208, staleHits: 36 },
};

/** Above, in percent, and below, in ms. */
export const TARGETS = { hitRatioAbove: 90, p50MsBelow: 10, p95MsBelow: 50, p99MsBelow: 210 } as const;
