/** The scenario that a word of the command line means: a built-in one, or a file. */
import { existsSync } from 'node:fs';
import { InvalidInput } from '../../lab/errors.ts';
import { didYouMean } from '../../lab/input/nearest.ts';
import { readScenario, type Scenario } from '../../lab/scenarios/scenario.ts';
import { BUILT_IN_SCENARIOS } from '../program-files.ts';

/** A word that is neither a built-in scenario nor a file is more often misspelt than misplaced. Throws InvalidInput. */
export async function readNamed(name: string): Promise<Scenario> {
  const file = BUILT_IN_SCENARIOS.get(name);
  if (file !== undefined || !/^[\w-]+$/.test(name) || existsSync(name)) return readScenario(file ?? name);
  const known = [...BUILT_IN_SCENARIOS.keys()];
  const meant = didYouMean(name, known);
  const all = meant === '' ? ` (${known.join(', ')})` : '';
  throw new InvalidInput(`expected a scenario${all} or a file, got ${JSON.stringify(name)}${meant}`);
}
