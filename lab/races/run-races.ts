/** All races of one cache: the self-check first, then each race for each purge, one after another. */
import type { Clock } from '../../services/runtime/clock.ts';
import type { OriginRequests } from '../system/origin.ts';
import type { UpstreamControl } from '../targets/upstream-control.ts';
import type { Race, RaceResult } from './race.ts';
import type { RacedCache, Way } from './raced-cache.ts';
import { type SelfChecked, selfCheck } from './self-check.ts';
import { type Pace, Stage } from './stage.ts';
import type { StepByStep } from './step-by-step.ts';

export interface RunRacesOptions {
  readonly cache: RacedCache;
  readonly upstream: UpstreamControl;
  readonly origin: OriginRequests;
  readonly races: readonly Race[];
  /** Of the cache's; those that are run. */
  readonly ways: readonly Way[];
  readonly clock: Clock;
  /** How often each is run; left out: once. */
  readonly repeat?: number;
  readonly signal: AbortSignal;
  readonly nextSlug: () => number;
  readonly pace: Pace;
  readonly onResult: (result: RaceResult) => void;
  /** The self-check has passed. */
  readonly onChecked?: (() => void) | undefined;
  /** Plays each race for somebody who looks on, without its self-check. */
  readonly stepByStep?: StepByStep | undefined;
}

export interface Raced {
  readonly results: readonly RaceResult[];
  /** Where it has mistakes there are no results. */
  readonly selfChecked: SelfChecked;
  /** Why the cache served no more, in words: there are no results from then on. */
  readonly ended?: string;
  /** Why there was nothing to race, in words. */
  readonly nothing?: string;
}

/** Rejects with the reason of the signal. */
export async function runRaces({ races, ways, repeat = 1, onResult, onChecked, stepByStep, ...options }: RunRacesOptions): Promise<Raced> {
  const selfChecked = await selfCheck({ ways }, () => new Stage(options));
  options.signal.throwIfAborted();
  if (selfChecked.mistakes.length > 0) return { results: [], selfChecked };
  onChecked?.();
  const results: RaceResult[] = [];
  for (const way of ways) {
    for (const race of races) {
      if (race.takes?.(way) === false || (race.tiers && options.cache.openEdge === undefined)) continue;
      for (let times = 0; times < repeat; times += 1) {
        options.signal.throwIfAborted();
        const stage = new Stage({ ...options, stepByStep });
        const found = await race.run(stage, way);
        // Whoever has ended is heard of a moment after its connections.
        if (found.outcome === 'unjudged') await stage.moment();
        const ended = options.cache.ended();
        if (ended !== undefined) return { results, selfChecked, ended: `${ended} in the race ${race.name}` };
        const result = { ...found, race: race.name, way, steps: stage.steps };
        results.push(result);
        onResult(result);
      }
    }
  }
  options.signal.throwIfAborted();
  return results.length > 0 ? { results, selfChecked } : { results, selfChecked, nothing: whyNothing(options.cache) };
}

function whyNothing({ ways }: RacedCache): string {
  if (ways.length > 0) return 'nothing to race: none of its purges is one for the races asked for';
  return 'nothing to race: it declares no purge, so what is written is seen when the lifetime of the old version ends';
}
