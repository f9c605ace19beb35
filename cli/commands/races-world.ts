/** Where `races` takes place: our own edges in any world, caches of others by themselves beside the lab. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InvalidInput } from '../../lab/errors.ts';
import { mutantNamed } from '../../lab/mutants/mutants.ts';
import type { RacesPlace } from '../../lab/races/junit.ts';
import type { RaceOwnOptions, RacingBackend } from '../../lab/races/race-own.ts';
import { type AnyTarget, isOwn, OWN_TARGETS } from '../../lab/targets/own-targets.ts';
import { BACKENDS, type Backend, EMBEDDED, SIMULATED } from '../../lab/worlds/worlds.ts';
import { drawSeed } from '../../services/runtime/random.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { SEED_MAX } from './sim-options.ts';
import { addClusterOptions, type ClusterOptions, readWorldTopology } from './world-options.ts';

export interface RacesWorldOptions extends ClusterOptions {
  readonly backend?: Backend;
  readonly seed?: number;
  readonly mutant?: string;
}

/** A world that is not the process of the lab. */
export type RacesWorld = Pick<RaceOwnOptions, 'topology' | 'seed' | 'mutant'> & { readonly backend: RacingBackend };

/** Beside a cluster that stands, as that of `up` does, whose name the environment may say. */
const PROJECT_SUFFIX = '-races';

export function addRacesWorldOptions(command: Command): Command {
  return addClusterOptions(command)
    .addOption(
      new Option('--backend <world>', 'where edges of the lab run; caches of others are raced only embedded (default: embedded)')
        .choices(BACKENDS)
        .env('EDGESYNC_BACKEND'),
    )
    .addOption(
      new Option('--seed <number>', 'simulated: the seed of all random choices; if left out, one is drawn and printed')
        .argParser(seedOf)
        .env('EDGESYNC_SEED'),
    )
    .addOption(new Option('--mutant <name>', 'simulated: bring a known bug back').env('EDGESYNC_MUTANT'));
}

export interface RacesWorldAsked {
  readonly targets: readonly AnyTarget[];
  /**
   * Whether that option stands on the command line. A default of the environment or of a file is one for what it fits.
   */
  readonly isSaid: (option: keyof RacesWorldOptions) => boolean;
  readonly session: Pick<Session, 'environment'>;
}

/**
 * Of our own edges; undefined: embedded. Everything that can be wrong is found here, before anything starts. Throws
 * InvalidInput.
 */
export async function racesWorldOf(
  options: RacesWorldOptions,
  { targets, isSaid, session: { environment } }: RacesWorldAsked,
): Promise<RacesWorld | undefined> {
  const { backend = EMBEDDED, seed, mutant, compose, project } = options;
  if (mutant !== undefined) mutantNamed(mutant);
  if (backend !== SIMULATED && seed !== undefined && isSaid('seed'))
    throw new InvalidInput(`--seed: needs --backend ${SIMULATED}, got ${backend}: only virtual time draws from a seed`);
  if (backend !== SIMULATED && mutant !== undefined)
    throw new InvalidInput(`--mutant ${mutant}: needs --backend ${SIMULATED}, got ${backend}`);
  if (backend === EMBEDDED || !(isSaid('backend') || targets.some(isOwn))) return undefined;
  for (const target of targets) refuseElsewhere(target, { backend, takesOthers: !isSaid('backend') });
  const topology = await readWorldTopology({ compose, ports: 'auto', ...(project === undefined ? {} : { project }) }, environment);
  const own = isSaid('project') ? topology : { ...topology, project: `${topology.project}${PROJECT_SUFFIX}` };
  return { backend, topology: own, seed: seed ?? drawSeed(), mutant };
}

/** What reports say of it. */
export function placeTold({ backend, seed, mutant }: RacesWorld): RacesPlace {
  return { backend, ...(backend === SIMULATED ? { seed } : {}), ...(mutant === undefined ? {} : { mutant }) };
}

/** The command that does the same: with the seed, where one was drawn. */
export function againOf({ argv }: Pick<Session, 'argv'>, world: RacesWorld | undefined): string {
  const isSaid = argv.some((word) => /^--seed(?:=|$)/.test(word));
  const seed = world?.backend === SIMULATED && !isSaid ? ['--seed', String(world.seed)] : [];
  return toCommand(['edgesync-lab', ...argv, ...seed]);
}

interface Elsewhere {
  readonly backend: RacingBackend;
  /** Caches of others are raced embedded all the same. */
  readonly takesOthers: boolean;
}

function refuseElsewhere(target: AnyTarget, { backend, takesOthers }: Elsewhere): void {
  const known = OWN_TARGETS.map(({ name }) => name).join(', ');
  if (!isOwn(target) && !takesOthers)
    throw new InvalidInput(
      `--backend ${backend}: expected edges of the lab (${known}), got ${target.name}: caches of others are raced with --backend ${EMBEDDED}`,
    );
  if (isOwn(target) && backend === SIMULATED && target.store !== 'memory')
    throw new InvalidInput(`--backend ${backend}: ${target.name} needs a Redis, and virtual time has none`);
}

function seedOf(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > SEED_MAX) throw new InvalidArgumentError(`Expected a whole number from 0 to ${SEED_MAX}.`);
  return Number(text);
}
