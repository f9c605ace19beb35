/** `races <target...>`: can this cache lose an invalidation? Each race holds an answer of the origin back; nothing is left to chance. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode, InvalidInput, WorldFailed, worstOf } from '../../lab/errors.ts';
import { didYouMean } from '../../lab/input/nearest.ts';
import { printable } from '../../lab/input/printable.ts';
import { checkFolder, writeFiles } from '../../lab/outputs/folder.ts';
import { table } from '../../lab/outputs/lines.ts';
import { type RacedTarget, racesJunit } from '../../lab/races/junit.ts';
import { racesHtml } from '../../lab/races/page.ts';
import { OUTCOMES, type Outcome, type Race, type RaceResult } from '../../lab/races/race.ts';
import { raceTarget } from '../../lab/races/race-target.ts';
import { type Way, wayText } from '../../lab/races/raced-cache.ts';
import { RACES } from '../../lab/races/races.ts';
import { withOwnConfig } from '../../lab/targets/own-config.ts';
import type { Target } from '../../lab/targets/target.ts';
import { findTarget, OWN_TARGET } from '../../lab/targets/targets.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import { systemRandom } from '../../services/runtime/random.ts';
import { TARGETS_FOLDER } from '../program-files.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { orFail } from './failed.ts';
import { CONFIG_ABOUT, wordsOf } from './world-options.ts';

interface RacesOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly repeat?: number;
  readonly out?: string;
  readonly race?: readonly string[];
  readonly purge?: readonly string[];
  readonly config?: string;
}

const NOT_RUN = '-';
const REPEAT_MAX = 1_000;

export function addRacesCommand(program: Command, session: Session): void {
  program
    .command('races')
    .description('put a cache to the test: can it lose an invalidation that comes while a fetch is under way?')
    .argument('<targets...>', `presets such as ${OWN_TARGET}, varnish or squid, or target files such as my-cache.yaml`)
    .addOption(new Option('--race <names...>', 'those alone; left out: all').env('EDGESYNC_RACE').argParser(wordsOf))
    .addOption(
      new Option('--purge <ways...>', 'those alone, such as key or soft-tag; left out: all that the target declares')
        .env('EDGESYNC_PURGE')
        .argParser(wordsOf),
    )
    .addOption(
      new Option('--repeat <number>', `how often each race is run, 1 to ${REPEAT_MAX} (default: 1)`)
        .env('EDGESYNC_REPEAT')
        .argParser(repeatOf),
    )
    .addOption(new Option('--config <file>', CONFIG_ABOUT).env('EDGESYNC_CONFIG'))
    .addOption(new Option('--strict', 'late fails, too').env('EDGESYNC_STRICT'))
    .addOption(new Option('--out <dir>', 'an empty folder: report.html, junit.xml and races.json go there').env('EDGESYNC_OUT'))
    .addOption(new Option('--json', 'one JSON object on standard output').env('EDGESYNC_JSON'))
    .action((words: readonly string[], options: RacesOptions) => orFail(session, () => races(words, options, session)));
}

async function races(words: readonly string[], options: RacesOptions, session: Session): Promise<void> {
  const { output } = session;
  const chosen = racesNamed(options.race);
  const takes = waysNamed(options.purge);
  // All files are read before anything starts.
  const found = await Promise.all(words.map((word) => findTarget(word, TARGETS_FOLDER)));
  const targets = options.config === undefined ? found : await withConfig(found, options.config);
  const { out } = options;
  if (out !== undefined) await checkFolder(out);
  const rows: RacedTarget[] = [];
  for (const target of targets) rows.push(await raceOne(target, { chosen, takes, session, repeat: options.repeat ?? 1 }));
  const failing: readonly Outcome[] = options.strict ? ['kept', 'late'] : ['kept'];
  if (out !== undefined)
    await writeFiles(out, {
      'report.html': racesHtml(rows, { failing, version: session.version, reproduce: toCommand(['edgesync-lab', ...session.argv]) }),
      'junit.xml': racesJunit(rows, { failing, version: session.version }),
      'races.json': `${JSON.stringify(toJson(rows))}\n`,
    });
  if (options.json) output.line(JSON.stringify(toJson(rows)));
  else for (const line of toLines(rows, chosen)) output.line(line);
  session.exitWith(worstOf(rows.map((row) => exitCodeOfRow(row, failing))));
}

/** Throws InvalidInput. */
async function withConfig(targets: readonly (Target | typeof OWN_TARGET)[], file: string): Promise<readonly Target[]> {
  const [target, ...others] = targets;
  if (target === undefined || target === OWN_TARGET || others.length > 0)
    throw new InvalidInput(
      `--config: expected one target of another cache than ours, got ${targets.length === 1 ? OWN_TARGET : targets.length}`,
    );
  return [await withOwnConfig(target, file)];
}

interface RaceOneOptions {
  readonly repeat: number;
  readonly chosen: readonly Race[];
  readonly takes: (way: Way) => boolean;
  readonly session: Session;
}

async function raceOne(target: Target | typeof OWN_TARGET, { chosen, takes, session, repeat }: RaceOneOptions): Promise<RacedTarget> {
  const { output, signal, environment } = session;
  const name = target === OWN_TARGET ? OWN_TARGET : target.name;
  const onResult = ({ race, way, outcome, why }: RaceResult) =>
    output.note(printable(`${name}  ${race.padEnd(12)}  ${wayText(way).padEnd(12)}  ${outcome.padEnd(8)}  ${why}`));
  output.note(`${name}: starting it, with an upstream and an origin of its own`);
  const shared = { clock: systemClock, random: systemRandom, variables: environment.variables, signal };
  try {
    const raced = await raceTarget({ target, races: chosen, takes, repeat, onResult, ...shared });
    for (const mistake of raced.selfChecked.mistakes) output.note(printable(`${name}: ${mistake}`));
    for (const said of [raced.ended, raced.nothing]) if (said !== undefined) output.note(printable(`${name}: ${said}`));
    return { name, raced };
  } catch (error) {
    if (signal.aborted || !(error instanceof WorldFailed)) throw error;
    const get = target === OWN_TARGET ? undefined : target.start.get;
    const broken = get === undefined ? error.message : `${error.message}; to get it: ${get}`;
    output.note(printable(`${name}: ${broken}`));
    return { name, broken };
  }
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

function exitCodeOfRow({ raced, broken }: RacedTarget, failing: readonly Outcome[]): ExitCode {
  if (broken !== undefined || raced === undefined) return EXIT.unknown;
  if (raced.selfChecked.mistakes.length > 0) return EXIT.invalidInput;
  if (raced.results.some(({ outcome }) => failing.includes(outcome))) return EXIT.violated;
  return raced.ended === undefined && raced.results.some(({ outcome }) => outcome !== 'unjudged') ? EXIT.pass : EXIT.unknown;
}

/** Races that no target was for have no column. */
function toLines(rows: readonly RacedTarget[], asked: readonly Race[]): readonly string[] {
  const chosen = asked.filter(({ name }) => rows.some(({ raced }) => raced?.results.some(({ race }) => race === name)));
  const cells = rows.flatMap(({ name, raced, broken }) => {
    if (broken !== undefined || raced === undefined) return [[name, 'did not run', ...chosen.map(() => NOT_RUN)]];
    if (raced.selfChecked.mistakes.length > 0) return [[name, 'self-check failed', ...chosen.map(() => NOT_RUN)]];
    if (raced.nothing !== undefined) return [[name, 'nothing to race', ...chosen.map(() => NOT_RUN)]];
    const byWay = Map.groupBy(raced.results, ({ way }) => wayText(way));
    return [...byWay].map(([way, results]) => [
      name,
      way,
      ...chosen.map((race) => cellOf(results.filter((result) => result.race === race.name))),
    ]);
  });
  const witnesses = rows.flatMap(({ name, raced }) =>
    (raced?.results ?? [])
      .filter(({ outcome }) => outcome === 'kept')
      .slice(0, 1)
      .flatMap((result) => witnessLines(name, result)),
  );
  return [...table([['cache', 'purge', ...chosen.map(({ name }) => name)], ...cells]), ...witnesses];
}

/** What each came to; where they differ, how often. */
function cellOf(results: readonly RaceResult[]): string {
  const counts = OUTCOMES.map((outcome) => [outcome, results.filter((result) => result.outcome === outcome).length] as const);
  const seen = counts.filter(([, count]) => count > 0);
  return seen.length > 1 ? seen.map(([outcome, count]) => `${outcome} ${count}x`).join(' ') : (seen[0]?.[0] ?? NOT_RUN);
}

/** Of the first that was kept, step by step. */
function witnessLines(name: string, { race, way, why, steps }: RaceResult): readonly string[] {
  return [
    '',
    printable(`kept  ${name}, ${race}, ${wayText(way)}: ${why}`),
    ...steps.map(({ atMs, who, text }) => printable(`${String(atMs).padStart(6)} ms  ${who.padEnd(8)}  ${text}`)),
  ];
}

function toJson(rows: readonly RacedTarget[]): unknown {
  return {
    targets: rows.map(({ name, raced, broken }) => ({
      name,
      ...(broken === undefined ? {} : { broken }),
      mistakes: raced?.selfChecked.mistakes ?? [],
      ...(raced?.nothing === undefined ? {} : { nothing: raced.nothing }),
      results: (raced?.results ?? []).map(({ way, ...result }) => ({ ...result, purge: wayText(way) })),
    })),
  };
}
