/**
 * The order of test files: those that start the program in turn with the long ones of the other tests, then the short
 * ones. The former wait half of their time, many of the latter compute; and what is long is not left for the end, when
 * the others have nothing to do.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Above 10 s on two busy cores. Where one is missing, or one is short by now, a run takes a little longer. */
const LONG: readonly string[] = [
  'lab/races/race-target',
  'lab/scenarios/catalogue',
  'lab/faults/survival',
  'lab/worlds/hosted/launch-target',
  'lab/faults/embedded',
  'lab/sim/clean',
  'lab/live/played-races',
  'lab/sim/campaign',
  'lab/sim/clocks',
  'lab/live/live-lab',
  'lab/run/load',
  'lab/sim/tally',
  'lab/checks/model',
  'lab/live/settings-survive',
  'lab/load/generator/generator',
  'services/origin/main',
  'lab/worlds/peers/program-waits',
  'lab/worlds/embedded/clocks',
  'services/edge/main',
  'lab/sim/memory',
  'services/purger/purger-random',
];

function longestFirst(file: TestSpecification): number {
  const at = LONG.findIndex((name) => file.moduleId.endsWith(`/${name}.test.ts`));
  return at < 0 ? LONG.length : at;
}

export class MixedOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isOf = (name: string) => (file: TestSpecification) => file.project.name === name;
    const unit = sorted.filter(isOf('unit')).sort((one, other) => longestFirst(one) - longestFirst(other));
    const turns = sorted.filter(isOf('program')).flatMap((file) => [file, ...unit.splice(0, 1)]);
    return [...turns, ...unit, ...sorted.filter((file) => !isOf('unit')(file) && !isOf('program')(file))];
  }
}
