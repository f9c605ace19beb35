/** What the lab drives: an origin and its edges, wherever they run. Reached over HTTP only, as a user would. */
import type { Strategy } from '../../services/protocol/invalidation.ts';

export type Backend = 'docker' | 'embedded' | 'simulated';

export interface WorldRegion {
  readonly region: string;
  readonly url: string;
  readonly delayMs: number;
  readonly strategy: Strategy;
}

export interface World {
  readonly backend: Backend;
  readonly originUrl: string;
  readonly regions: readonly WorldRegion[];
  /** Bearer token of the edges' admin routes; never printed. */
  readonly adminToken: string;
  /** Resolves with the reason when the world is lost before it was closed. */
  readonly lost: Promise<string>;
  /** Stops everything the world started. Safe to call twice. */
  close(): Promise<void>;
}

/** A named step of a start, as it ends. */
export interface StartStep {
  readonly step: string;
  readonly elapsedMs: number;
}
