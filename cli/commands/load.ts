/** `load`: the load tests of the original EdgeSync, its published figures beside ours. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, WorldFailed } from '../../lab/errors.ts';
import { type OriginalLoadResult, runOriginalLoad } from '../../lab/original-load/original-load.ts';
import { type Round, readsOf, roundsOf } from '../../lab/original-load/rounds.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import type { Releasers } from '../../services/runtime/releasers.ts';
import { startProgress } from '../progress.ts';
import type { Session } from '../session.ts';
import { orFailReleasing } from './failed.ts';
import { loadLines, remarks } from './load-lines.ts';
import { openServices } from './open-services.ts';
import { originalLines } from './original-lines.ts';
import { addKeepOption, addWorldOptions, type WorldOptions } from './world-options.ts';

interface LoadCommandOptions extends WorldOptions {
  readonly requests: number;
  readonly after: number;
  readonly concurrency: number;
  readonly basic?: boolean;
  readonly onlyBasic?: boolean;
  readonly original?: boolean;
  readonly json?: boolean;
}

const REQUESTS_DEFAULT = 1000;
const AFTER_DEFAULT = 200;
const READS_MAX = 100_000;
/**
 * With three regions a dozen reads are under way: enough to keep the services busy, too few to measure the lab itself.
 */
const CONCURRENCY_DEFAULT = 4;
/** As many connections to a service as the lab opens. */
const CONCURRENCY_MAX = 64;

function parseWithin(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    return value;
  };
}

export function addLoadCommand(program: Command, session: Session): void {
  const command = program
    .command('load')
    .description(
      'the load test of the original EdgeSync on content 1 in every region at once: 50 reads to prime, many more reads, one PUT, and reads until each region must serve the new version; ends with 99 when a target of the original is missed',
    )
    .addOption(
      new Option('--requests <number>', 'reads in each region, after those to prime')
        .argParser(parseWithin(1, READS_MAX))
        .default(REQUESTS_DEFAULT)
        .env('EDGESYNC_REQUESTS'),
    )
    .addOption(
      new Option('--after <number>', 'reads in each region after the PUT, spread over the longest propagation delay and half a second')
        .argParser(parseWithin(1, READS_MAX))
        .default(AFTER_DEFAULT)
        .env('EDGESYNC_AFTER'),
    )
    .addOption(
      new Option('--basic', 'the smaller test of the original before it: 100 reads, a PUT, 100 reads; together 1,450 a region').env(
        'EDGESYNC_BASIC',
      ),
    )
    .addOption(
      new Option('--only-basic', 'the smaller test of the original alone').conflicts(['requests', 'after']).env('EDGESYNC_ONLY_BASIC'),
    )
    .addOption(
      new Option('--original', 'print the last lines of the original load scripts instead of a table')
        .conflicts('json')
        .env('EDGESYNC_ORIGINAL'),
    )
    .addOption(
      new Option('--concurrency <number>', 'reads in flight at a time in each region')
        .argParser(parseWithin(1, CONCURRENCY_MAX))
        .default(CONCURRENCY_DEFAULT)
        .env('EDGESYNC_CONCURRENCY'),
    )
    .addOption(new Option('--json', 'one JSON object on standard output').env('EDGESYNC_JSON'));
  addKeepOption(addWorldOptions(command)).action((options: LoadCommandOptions) =>
    orFailReleasing(session, async (releasers) => {
      const result = await startAndLoad(options, session, releasers);
      if (options.json) session.output.line(JSON.stringify(result));
      else for (const line of options.original ? originalLines(result) : loadLines(result)) session.output.line(line);
      if (options.original) for (const remark of remarks(result)) session.output.note(remark);
      session.exitWith(result.met ? EXIT.pass : EXIT.threshold);
    }),
  );
}

/** A world that is lost ends the load: half of it says nothing. */
async function startAndLoad(options: LoadCommandOptions, session: Session, releasers: Releasers): Promise<OriginalLoadResult> {
  const { output } = session;
  const { regions, clients, lost: whyLost } = await openServices({ options, session, releasers });
  const lost = new AbortController();
  void whyLost.then((why) => lost.abort(new WorldFailed(why)));
  const { requests, after, basic = false, onlyBasic = false, concurrency } = options;
  const rounds = roundsOf({ requests, after, basic: basic || onlyBasic, heavy: !onlyBasic });
  output.note(`${readsOf(rounds)} reads in each of ${regions.length} regions, ${concurrency} at a time in each`);
  const onRound = ({ name, reads }: Round) => output.note(`${name}: ${reads} reads in each region`);
  const signal = AbortSignal.any([session.signal, lost.signal]);
  let done = 0;
  const onRead = () => {
    done += 1;
  };
  const total = readsOf(rounds) * regions.length;
  const progress = startProgress({ clock: systemClock, total, done: () => done, note: output.note, counted: 'reads' });
  releasers.push(() => progress.close());
  return runOriginalLoad({ regions, clients, clock: systemClock, rounds, concurrency, signal, onRound, onRead });
}
