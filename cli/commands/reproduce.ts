/** The command that runs the same again: the same plan, in the same world. */
import { COMPOSE_FILE } from '../program-files.ts';
import { toCommandWith } from './given-variables.ts';
import { type LiveOptions, liveWords } from './live-targets.ts';
import type { WorldOptions } from './world-options.ts';

export interface Reproduced extends Omit<WorldOptions, 'backend'>, LiveOptions {
  readonly backend: string;
  readonly mutant?: string;
  readonly duration?: number;
  readonly given?: ReadonlyMap<string, string>;
}

export function reproduceCommand(
  name: string,
  seed: number,
  { duration, compose, ports, backend, project, mutant, config, target = [], given, ...live }: Reproduced,
): string {
  const words = ['edgesync-lab', 'run', name, '--seed', String(seed), '--backend', backend];
  for (const word of target) words.push('--target', word);
  if (config !== undefined) words.push('--config', config);
  words.push(...liveWords(live));
  if (mutant !== undefined) words.push('--mutant', mutant);
  if (duration !== undefined) words.push('--duration', `${duration}ms`);
  if (compose !== COMPOSE_FILE) words.push('--compose', compose);
  if (project !== undefined) words.push('--project', project);
  if (ports !== undefined) words.push('--ports', ports);
  return toCommandWith(given, words);
}
