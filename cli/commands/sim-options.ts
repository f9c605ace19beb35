/** The options of `sim` and `shrink` that say what the seeds run. */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InvalidInput } from '../../lab/errors.ts';
import { parseDuration } from '../../lab/input/duration.ts';
import type { SeedRange } from '../../lab/sim/campaign.ts';
import type { SeedSetup } from '../../lab/sim/outcome.ts';
import { REGIONS_MAX, withRegions } from '../../lab/sim/regions.ts';
import { MEMBERS_DRAWN_MAX } from '../../lab/sim/swarm-members.ts';
import { MEMBERS_MAX } from '../../lab/system/parts.ts';
import { groupsTwice } from '../../lab/topology/edge-counts.ts';
import { checkEnvironments } from '../../lab/worlds/simulated/simulated.ts';
import { COMPOSE_FILE } from '../program-files.ts';
import type { Session } from '../session.ts';
import { toCommandWith } from './given-variables.ts';
import { readWorldTopology } from './world-options.ts';

export interface SwarmOptions {
  /** Of the environment, for the command that runs the seeds again. */
  readonly given?: ReadonlyMap<string, string>;
  readonly regions: number;
  readonly members?: number;
  readonly keys?: number;
  readonly duration: number;
  readonly mutant?: string;
  readonly compose: string;
}

export const SEED_MAX = 2 ** 32 - 1;
const KEYS_MAX = 100_000;
const JOBS_MAX = 256;
const DURATION_MS_MIN = 5_000;
const DEFAULTS = { regions: 3, duration: 60_000 } as const;

function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d{1,10}$/.test(text) || number < from || number > to)
      throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`);
    return number;
  };
}

/** `7`, or `1..1000`, both ends included. */
export function parseSeeds(text: string): SeedRange {
  const [, first = '', last = first] = /^(\d{1,10})(?:\.\.(\d{1,10}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === '' || from > to || to > SEED_MAX)
    throw new InvalidArgumentError(`Expected a seed or a range such as 1..1000, up to ${SEED_MAX}.`);
  return { from, to };
}

function parseLength(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < DURATION_MS_MIN) throw new InvalidArgumentError('Expected a duration such as 60s, at least 5s.');
  return ms;
}

export function addSwarmOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--regions <number>', `how many regions the world has, 1 to ${REGIONS_MAX}`)
        .argParser(wholeNumber(1, REGIONS_MAX))
        .default(DEFAULTS.regions)
        .env('EDGESYNC_REGIONS'),
    )
    .addOption(
      new Option(
        '--members <number>',
        'how many edges each region has, in seeds whose services share one clock; if left out, 1 to 3 are drawn for each seed',
      )
        .argParser(wholeNumber(1, MEMBERS_MAX))
        .env('EDGESYNC_MEMBERS'),
    )
    .addOption(
      new Option('--keys <number>', 'how many keys the load has; if left out, 1 to 100 are drawn for each seed')
        .argParser(wholeNumber(1, KEYS_MAX))
        .env('EDGESYNC_KEYS'),
    )
    .addOption(
      new Option('--duration <time>', 'how long the load lasts, in virtual time')
        .argParser(parseLength)
        .default(DEFAULTS.duration, '60s')
        .env('EDGESYNC_DURATION'),
    )
    .addOption(new Option('--mutant <name>', 'bring a known bug back').env('EDGESYNC_MUTANT'))
    .addOption(
      new Option('--compose <file>', 'the topology').default(COMPOSE_FILE, 'the file that comes with the program').env('EDGESYNC_COMPOSE'),
    );
}

export function jobsOption(): Option {
  return new Option('--jobs <number>', 'how many processes run seeds')
    .argParser(wholeNumber(1, JOBS_MAX))
    .default(availableParallelism(), 'one a core')
    .env('EDGESYNC_JOBS');
}

/** Throws InvalidInput for a topology that cannot be read, and for what a service refuses in its environment. */
export async function readSetup({ compose, regions, members, keys, duration, mutant }: SwarmOptions, session: Session): Promise<SeedSetup> {
  const topology = withRegions(await readWorldTopology({ compose }, session.environment), regions);
  const [twice] = groupsTwice(new Map(topology.regions.map(({ region }) => [region, members ?? MEMBERS_DRAWN_MAX])));
  if (twice !== undefined) throw new InvalidInput(`${members === undefined ? compose : '--members'}: ${twice.message}`);
  await checkEnvironments(topology);
  return { topology, members, keys, durationMs: duration, mutant };
}

/** What is done with the seeds, where it is not to run each once. */
interface SeedsAsked {
  readonly mutants?: boolean;
  readonly checkDeterminism?: boolean;
}

/** The command that runs the seeds again. */
export function simCommand(
  seeds: string,
  { compose, regions, members, keys, duration, mutant, mutants, checkDeterminism: isCompared, given }: SwarmOptions & SeedsAsked,
): string {
  const asked = [...(mutants ? ['--mutants'] : []), ...(isCompared ? ['--check-determinism'] : [])];
  const words = ['edgesync-lab', 'sim', ...asked, '--seeds', seeds];
  if (regions !== DEFAULTS.regions) words.push('--regions', String(regions));
  if (members !== undefined) words.push('--members', String(members));
  if (keys !== undefined) words.push('--keys', String(keys));
  if (duration !== DEFAULTS.duration) words.push('--duration', `${duration}ms`);
  if (mutant !== undefined) words.push('--mutant', mutant);
  if (compose !== COMPOSE_FILE) words.push('--compose', compose);
  return toCommandWith(given, words);
}
