/** All races of one cache: the self-check first, then each race for each purge, one after another. */
import { RailsStopped } from '../rails/stopped.ts';
import type { Race, RaceResult } from './race.ts';
import type { RacedCache, Way } from './raced-cache.ts';
import { type SelfChecked, selfCheck } from './self-check.ts';
import { Stage } from './stage.ts';
import type { StageOptions } from './stage-options.ts';

export interface RunRacesOptions extends StageOptions {
  readonly races: readonly Race[];
  /** Of the cache's; those that are run. */
  readonly ways: readonly Way[];
  /** How often each is run; left out: once. */
  readonly repeat?: number;
  readonly onResult: (result: RaceResult) => void;
  /** The self-check has passed. */
  readonly onChecked?: (() => void) | undefined;
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
export async function runRaces(options: RunRacesOptions): Promise<Raced> {
  const results: RaceResult[] = [];
  const said = { selfChecked: { mistakes: [], steps: [] } as SelfChecked };
  try {
    // Nobody looks on as it checks.
    said.selfChecked = await selfCheck(options, () => new Stage({ ...options, stepByStep: undefined }));
    options.signal.throwIfAborted();
    const { mistakes, steps } = said.selfChecked;
    if (mistakes.length > 0) return { results, selfChecked: { mistakes: withEnd(options.cache.ended(), mistakes), steps } };
    options.onChecked?.();
    const ended = await raceAll(options, results);
    options.signal.throwIfAborted();
    if (ended !== undefined) return { results, ...said, ended };
    return results.length > 0 ? { results, ...said } : { results, ...said, nothing: whyNothing(options.cache) };
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof RailsStopped)) throw error;
    return { results, ...said, ended: error.message };
  }
}

/** Why the cache serves no more says more than what came of that. */
function withEnd(ended: string | undefined, mistakes: readonly string[]): readonly string[] {
  return ended === undefined ? mistakes : [ended, ...mistakes];
}

/** Why the cache served no more, in words; undefined: all were run. */
async function raceAll(options: RunRacesOptions, results: RaceResult[]): Promise<string | undefined> {
  const { races, ways, repeat = 1, onResult, cache, signal } = options;
  for (const way of ways) {
    for (const race of races) {
      if (race.takes?.(way) === false || (race.tiers && cache.openEdge === undefined)) continue;
      for (let times = 0; times < repeat; times += 1) {
        signal.throwIfAborted();
        const stage = new Stage(options);
        const found = await race.run(stage, way);
        // Whoever has ended is heard of a moment after its connections.
        if (found.outcome === 'unjudged') await stage.moment();
        const ended = cache.ended();
        if (ended !== undefined) return `${ended} in the race ${race.name}`;
        const result = { ...found, race: race.name, way, steps: stage.steps };
        results.push(result);
        onResult(result);
      }
    }
  }
  return undefined;
}

function whyNothing({ ways }: RacedCache): string {
  if (ways.length > 0) return 'nothing to race: the requested races need a purge that the cache does not declare';
  return 'nothing to race: the cache declares no purge, so a write is seen only when the lifetime of the old version ends';
}
