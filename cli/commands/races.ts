/**
 * `races <target...>`: can this cache lose an invalidation? Each race holds an answer of the origin back; nothing is
 * left to chance.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode, InvalidInput, WorldFailed, worstOf } from '../../lab/errors.ts';
import { didYouMean } from '../../lab/input/nearest.ts';
import { printable } from '../../lab/input/printable.ts';
import { checkFolder, writeFiles } from '../../lab/outputs/folder.ts';
import { type RacedTarget, racesJunit } from '../../lab/races/junit.ts';
import { racesJson, racesLines } from '../../lab/races/lines.ts';
import { backendOf, placeOf } from '../../lab/races/live-cache.ts';
import { racesHtml } from '../../lab/races/page.ts';
import type { Outcome, Race, RaceResult } from '../../lab/races/race.ts';
import { raceOwn } from '../../lab/races/race-own.ts';
import { raceTarget } from '../../lab/races/race-target.ts';
import { type Way, wayText } from '../../lab/races/raced-cache.ts';
import { RACES } from '../../lab/races/races.ts';
import { systemLookUp } from '../../lab/rails/kept-hosts.ts';
import { openRails } from '../../lab/rails/open-rails.ts';
import type { Rails } from '../../lab/rails/rails.ts';
import { railsLine } from '../../lab/rails/rails-line.ts';
import { withOwnConfig } from '../../lab/targets/own-config.ts';
import { type AnyTarget, isOwn, OWN_TARGET } from '../../lab/targets/own-targets.ts';
import type { Target } from '../../lab/targets/target.ts';
import { findTarget } from '../../lab/targets/targets.ts';
import { SIMULATED } from '../../lab/worlds/worlds.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import { systemRandom } from '../../services/runtime/random.ts';
import { TARGETS_FOLDER } from '../program-files.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { addLiveOptions, dryRun, liveAmong } from './live-targets.ts';
import {
  addRacesWorldOptions,
  againOf,
  placeTold,
  type RacesWorld,
  type RacesWorldAsked,
  type RacesWorldOptions,
  racesWorldOf,
} from './races-world.ts';
import { CONFIG_ABOUT, wordsOf } from './world-options.ts';

interface RacesOptions extends RacesWorldOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly repeat?: number;
  readonly out?: string;
  readonly race?: readonly string[];
  readonly purge?: readonly string[];
  readonly config?: string;
  readonly allowExternal?: readonly string[];
  readonly allowWidePurge?: boolean;
  readonly rate?: number;
  readonly dryRun?: boolean;
}

const REPEAT_MAX = 1_000;

export function addRacesCommand(program: Command, session: Session): void {
  const command = program
    .command('races')
    .description('test a cache: can the cache lose an invalidation that comes while a fetch is under way?')
    .argument('<targets...>', `presets such as ${OWN_TARGET.name}, varnish or squid, or target files such as my-cache.yaml`)
    .addOption(new Option('--race <names...>', 'only these races; if left out, all races').env('EDGESYNC_RACE').argParser(wordsOf))
    .addOption(
      new Option('--purge <ways...>', 'only these purges, such as key or soft-tag; if left out, all purges that the target declares')
        .env('EDGESYNC_PURGE')
        .argParser(wordsOf),
    )
    .addOption(
      new Option('--repeat <number>', `how often each race is run, 1 to ${REPEAT_MAX} (default: 1)`)
        .env('EDGESYNC_REPEAT')
        .argParser(repeatOf),
    )
    .addOption(new Option('--config <file>', CONFIG_ABOUT).env('EDGESYNC_CONFIG'));
  addRacesWorldOptions(addLiveOptions(command))
    .addOption(new Option('--dry-run', 'live: print the first request of each kind, and send nothing').env('EDGESYNC_DRY_RUN'))
    .addOption(new Option('--strict', 'fail the command also when the outcome of a race is late').env('EDGESYNC_STRICT'))
    .addOption(new Option('--out <dir>', 'an empty folder for report.html, junit.xml and races.json').env('EDGESYNC_OUT'))
    .addOption(new Option('--json', 'one JSON object on standard output').env('EDGESYNC_JSON'))
    .action((words: readonly string[], options: RacesOptions) =>
      orFail(session, () => races(words, options, { session, isSaid: (option) => command.getOptionValueSource(option) === 'cli' })),
    );
}

interface Asked extends Pick<RacesWorldAsked, 'isSaid'> {
  readonly session: Session;
}

async function races(words: readonly string[], options: RacesOptions, { session, isSaid }: Asked): Promise<void> {
  const chosen = racesNamed(options.race);
  const takes = waysNamed(options.purge);
  // All files are read before anything starts.
  const found = await Promise.all(words.map((word) => findTarget(word, TARGETS_FOLDER)));
  const targets = options.config === undefined ? found : await withConfig(found, options.config);
  for (const target of targets) if (!isOwn(target) && target.live !== undefined) placeOf(target);
  const world = await racesWorldOf(options, { targets, isSaid, session });
  const { out } = options;
  if (out !== undefined) await checkFolder(out);
  const live = liveAmong(targets, { options, of: 'races', takes, session });
  if (options.dryRun) return dryRun(live, { session, json: options.json });
  const rails = live.targets.length === 0 ? undefined : await openRails(live, { ...SYSTEM, signal: session.signal });
  try {
    await raceAll(targets, { options, chosen, takes, session, world, ...(rails === undefined ? {} : { rails }) });
  } finally {
    rails?.close();
  }
}

const SYSTEM = { clock: systemClock, lookUp: systemLookUp } as const;

interface Racing {
  readonly options: RacesOptions;
  readonly chosen: readonly Race[];
  readonly takes: (way: Way) => boolean;
  readonly session: Session;
  /** Of our own edges; undefined: each target by itself, beside the lab. */
  readonly world: RacesWorld | undefined;
  /** Of the live ones. */
  readonly rails?: Rails;
}

async function raceAll(targets: readonly AnyTarget[], racing: Racing): Promise<void> {
  const { options, chosen, session, rails, world } = racing;
  const { output, version } = session;
  const rows: RacedTarget[] = [];
  for (const target of targets) rows.push(await raceOne(target, racing));
  const report = rails?.report();
  const failing: readonly Outcome[] = options.strict ? ['kept', 'late'] : ['kept'];
  const place = world !== undefined && targets.every(isOwn) ? placeTold(world) : undefined;
  const shared = { failing, version, place, ...(report === undefined ? {} : { rails: report }) };
  if (options.out !== undefined)
    await writeFiles(options.out, {
      'report.html': racesHtml(rows, { ...shared, reproduce: againOf(session, world) }),
      'junit.xml': racesJunit(rows, shared),
      'races.json': `${JSON.stringify(racesJson(rows, shared))}\n`,
    });
  if (options.json) output.line(JSON.stringify(racesJson(rows, shared)));
  else for (const line of racesLines(rows, chosen)) output.line(line);
  if (report !== undefined) output.note(printable(railsLine(report)));
  session.exitWith(worstOf(rows.map((row) => exitCodeOfRow(row, failing))));
}

/** Throws InvalidInput. */
async function withConfig(targets: readonly AnyTarget[], file: string): Promise<readonly Target[]> {
  const [target, ...others] = targets;
  if (target === undefined || isOwn(target) || others.length > 0)
    throw new InvalidInput(
      `--config: expected one target that is a cache of others, got ${targets.length === 1 ? target?.name : targets.length}`,
    );
  if (target.live !== undefined) throw new InvalidInput(`--config: ${target.name} is a live target and has its own configuration`);
  return [await withOwnConfig(target, file)];
}

async function raceOne(target: AnyTarget, { chosen, takes, session, options, rails, world: ofOwn }: Racing): Promise<RacedTarget> {
  const { output, signal, environment } = session;
  const { name } = target;
  const world = isOwn(target) ? ofOwn : undefined;
  const onResult = ({ race, way, outcome, why }: RaceResult) =>
    output.note(printable(`${name}  ${race.padEnd(12)}  ${wayText(way).padEnd(12)}  ${outcome.padEnd(8)}  ${why}`));
  output.note(`${name}: ${beginsOf(target, world)}`);
  const repeat = options.repeat ?? 1;
  const shared = { races: chosen, takes, repeat, onResult, variables: environment.variables, signal };
  try {
    const railed = rails === undefined ? {} : { rails };
    const raced =
      world !== undefined && isOwn(target)
        ? await raceOwn({ target, ...world, ...shared, onStep: ({ step, elapsedMs }) => output.note(`${step} (${elapsedMs} ms)`) })
        : await raceTarget({ target, clock: systemClock, random: systemRandom, ...railed, ...shared });
    for (const mistake of raced.selfChecked.mistakes) output.note(printable(`${name}: ${mistake}`));
    for (const said of [raced.ended, raced.nothing]) if (said !== undefined) output.note(printable(`${name}: ${said}`));
    return { name, raced };
  } catch (error) {
    if (signal.aborted || !(error instanceof WorldFailed)) throw error;
    const get = world === undefined ? target.start?.get : undefined;
    const broken = get === undefined ? error.message : `${error.message}; to get it: ${get}`;
    output.note(printable(`${name}: ${broken}`));
    return { name, broken, ...(world === undefined ? {} : { isWorldBroken: true }) };
  }
}

function beginsOf(target: AnyTarget, world: RacesWorld | undefined): string {
  if (world?.backend === SIMULATED) return `in virtual time, seed ${world.seed}`;
  if (world !== undefined) return `starting the project ${world.topology.project} for the races`;
  if (isOwn(target) || target.live === undefined) return 'starting the cache, with an upstream and an origin of its own';
  return `asking ${target.live.url.text}, whose backend must be the lab's upstream at ${backendOf(target)}`;
}

function repeatOf(text: string): number {
  const number = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > REPEAT_MAX) throw new InvalidArgumentError(`expected a whole number from 1 to ${REPEAT_MAX}`);
  return number;
}

/** Throws InvalidInput. */
function racesNamed(names: readonly string[] | undefined): readonly Race[] {
  if (names === undefined) return RACES;
  const known = RACES.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name))
      throw new InvalidInput(`expected a race (${known.join(', ')}), got ${JSON.stringify(name)}${didYouMean(name, known)}`);
  return RACES.filter(({ name }) => names.includes(name));
}

/** `key` is the hard one. Throws InvalidInput. */
function waysNamed(words: readonly string[] | undefined): (way: Way) => boolean {
  if (words === undefined) return () => true;
  const known = ['key', 'tag', 'pattern', 'all'].flatMap((type) => [type, `soft-${type}`]);
  for (const word of words)
    if (!known.includes(word))
      throw new InvalidInput(`expected a purge (${known.join(', ')}), got ${JSON.stringify(word)}${didYouMean(word, known)}`);
  return ({ mode, type }) => words.includes(mode === 'hard' ? type : `soft-${type}`);
}

function exitCodeOfRow({ raced, broken, isWorldBroken }: RacedTarget, failing: readonly Outcome[]): ExitCode {
  if (isWorldBroken) return EXIT.failed;
  if (broken !== undefined || raced === undefined) return EXIT.unknown;
  if (raced.selfChecked.mistakes.length > 0) return EXIT.invalidInput;
  if (raced.results.some(({ outcome }) => failing.includes(outcome))) return EXIT.violated;
  return raced.ended === undefined && raced.results.some(({ outcome }) => outcome !== 'unjudged') ? EXIT.pass : EXIT.unknown;
}
