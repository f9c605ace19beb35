/**
 * Before a run on a live target: is the cache what its file says? The self-check of the races, through the same rails.
 */
import type { Clock } from '../../../services/runtime/clock.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { InvalidInput } from '../../errors.ts';
import { raceTarget } from '../../races/race-target.ts';
import type { Way } from '../../races/raced-cache.ts';
import type { Rails } from '../../rails/rails.ts';
import { RailsStopped } from '../../rails/stopped.ts';
import type { LiveTarget } from '../../targets/target.ts';

export interface CheckLiveOptions {
  readonly target: LiveTarget;
  readonly rails: Rails;
  readonly takes: (way: Way) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/**
 * It has an origin and an upstream of its own, which are gone when it resolves. Throws InvalidInput for what is wrong,
 * RailsStopped.
 */
export async function checkLive(options: CheckLiveOptions): Promise<void> {
  const { name } = options.target;
  const { selfChecked, ended } = await raceTarget({ ...options, races: [], variables: {}, onResult: () => {} });
  if (selfChecked.mistakes.length > 0) throw new InvalidInput(`${name}: ${selfChecked.mistakes.join('; ')}. Nothing was judged`);
  if (ended !== undefined) throw new RailsStopped(ended);
}
