/** The live targets of a command line: what the rails are made with, and what `--dry-run` prints. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InvalidInput } from '../../lab/errors.ts';
import { printable } from '../../lab/input/printable.ts';
import { type Way, wayText } from '../../lab/races/raced-cache.ts';
import type { AllowedRequest } from '../../lab/rails/allowed-requests.ts';
import { checkRails, firstRequests, type OpenRailsOptions, type RailRules } from '../../lab/rails/open-rails.ts';
import { PER_SECOND_DEFAULT, PER_SECOND_MAX } from '../../lab/rails/rails.ts';
import { type AnyTarget, isOwn } from '../../lab/targets/own-targets.ts';
import type { LiveTarget } from '../../lab/targets/target.ts';
import type { Session } from '../session.ts';
import { wordsOf } from './world-options.ts';

export interface LiveOptions {
  readonly allowExternal?: readonly string[];
  readonly allowWidePurge?: boolean;
  readonly rate?: number;
}

/** As `races` and `run` have them. */
export function addLiveOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--allow-external <host>',
        'live: the exact name of a host other than this machine that the lab may ask; may be given more than once',
      )
        .env('EDGESYNC_ALLOW_EXTERNAL')
        .argParser(wordsOf),
    )
    .addOption(
      new Option('--allow-wide-purge', 'live: also send purges of all and of patterns; they may purge contents of others').env(
        'EDGESYNC_ALLOW_WIDE_PURGE',
      ),
    )
    .addOption(
      new Option('--rate <number>', `live: requests a second, 1 to ${PER_SECOND_MAX} (default: ${PER_SECOND_DEFAULT})`)
        .env('EDGESYNC_RATE')
        .argParser(rateOf),
    );
}

function rateOf(text: string): number {
  const number = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > PER_SECOND_MAX) throw new InvalidArgumentError(`expected a whole number from 1 to ${PER_SECOND_MAX}`);
  return number;
}

/** As they were said, for a command that does the same again. */
export function liveWords({ allowExternal = [], allowWidePurge, rate }: LiveOptions): readonly string[] {
  return [
    ...allowExternal.flatMap((host) => ['--allow-external', host]),
    ...(allowWidePurge ? ['--allow-wide-purge'] : []),
    ...(rate === undefined ? [] : ['--rate', String(rate)]),
  ];
}

export interface LiveAmongOptions {
  readonly options: LiveOptions;
  /** The command, as each request says it. */
  readonly of: 'races' | 'run';
  readonly takes: (way: Way) => boolean;
  readonly session: Session;
}

export function rulesOf({ allowExternal = [], allowWidePurge = false, rate = PER_SECOND_DEFAULT }: LiveOptions): RailRules {
  return { allowExternal, allowsWidePurge: allowWidePurge, perSecond: rate };
}

export function liveAmong(targets: readonly AnyTarget[], { options, of, takes, session }: LiveAmongOptions): OpenRailsOptions {
  const isLive = (target: AnyTarget): target is LiveTarget => !isOwn(target) && target.live !== undefined;
  return {
    targets: targets.filter(isLive),
    rules: rulesOf(options),
    takes,
    variables: session.environment.variables,
    userAgent: `edgesync-lab/${session.version} (${of}; a test of this cache by whoever runs it)`,
  };
}

/**
 * What the rails forbid is refused as it would be in a run, but for addresses: nothing is looked up. Throws
 * InvalidInput.
 */
export function dryRun(
  live: OpenRailsOptions,
  { session, json = false }: { readonly session: Session; readonly json?: boolean | undefined },
): void {
  if (live.targets.length === 0) throw new InvalidInput('--dry-run: expected a live target: only a live target is asked over the network');
  checkRails(live);
  const planned = live.targets.map((target) => ({ name: target.name, requests: firstRequests(target, live).map(toPlanned) }));
  const { output } = session;
  if (json) return output.line(JSON.stringify({ dryRun: planned }));
  for (const { name, requests } of planned) {
    output.line(printable(`${name}: nothing is sent; the ids and tags differ in each run`));
    for (const { kind, method, url, headers, body } of requests) {
      output.line(printable(`${kind.padEnd(KIND_LENGTH)}  ${method} ${url}`));
      for (const [header, value] of Object.entries(headers)) output.line(printable(`${' '.repeat(KIND_LENGTH)}    ${header}: ${value}`));
      if (body !== undefined) output.line(printable(`${' '.repeat(KIND_LENGTH)}    ${body}`));
    }
  }
}

const KIND_LENGTH = 'soft pattern'.length;

export function toPlanned({ kind, way, method, url, sentHeaders: headers, body }: AllowedRequest) {
  return { kind: way === undefined ? kind : wayText(way), method, url, headers, ...(body === undefined ? {} : { body }) };
}
