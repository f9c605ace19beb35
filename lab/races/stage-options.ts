/** What a stage is made with, and what it hands out. */
import type { Clock } from '../../services/runtime/clock.ts';
import type { OriginRequests } from '../system/origin.ts';
import type { UpstreamControl } from '../targets/upstream-control.ts';
import type { RacedCache } from './raced-cache.ts';
import type { StepByStep } from './step-by-step.ts';
import type { UnderWay } from './under-way.ts';

/** What a race asks of the origin. */
export type StageOrigin = Pick<OriginRequests, 'create' | 'update' | 'originVersion'>;

export interface StageOptions {
  readonly cache: RacedCache;
  readonly upstream: UpstreamControl;
  readonly origin: StageOrigin;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A number that no content of the run has had. */
  readonly nextSlug: () => number;
  /** What the slugs and tags of the run begin with. Left out: `race`. */
  readonly prefix?: string;
  readonly pace: Pace;
  /** Left out: nobody looks on. */
  readonly stepByStep?: StepByStep | undefined;
}

/** An answer that is held back. */
export interface StageHold {
  /** Whether the cache asked within three seconds from when the reader was sent. */
  reached(reader: UnderWay<unknown>): Promise<boolean>;
  release(): void;
}

/** What was seen of the cache's own pace, from stage to stage. */
export interface Pace {
  /** The longest that a purge took with nothing held. */
  purgeMs: number;
}
