/** The live targets of a command line: what the rails are made with, and what `--dry-run` prints. */
import { InvalidInput } from '../../lab/errors.ts';
import { printable } from '../../lab/input/printable.ts';
import { type Way, wayText } from '../../lab/races/raced-cache.ts';
import { checkRails, firstRequests, type OpenRailsOptions } from '../../lab/rails/open-rails.ts';
import { PER_SECOND_DEFAULT } from '../../lab/rails/rails.ts';
import { type AnyTarget, isOwn } from '../../lab/targets/own-targets.ts';
import type { LiveTarget } from '../../lab/targets/target.ts';
import type { Session } from '../session.ts';

export interface LiveOptions {
  readonly allowExternal?: readonly string[];
  readonly allowWidePurge?: boolean;
  readonly rate?: number;
}

export interface LiveAmongOptions {
  readonly options: LiveOptions;
  readonly takes: (way: Way) => boolean;
  readonly session: Session;
}

export function liveAmong(targets: readonly AnyTarget[], { options, takes, session }: LiveAmongOptions): OpenRailsOptions {
  const isLive = (target: AnyTarget): target is LiveTarget => !isOwn(target) && target.live !== undefined;
  const { allowExternal = [], allowWidePurge: allowsWidePurge = false, rate: perSecond = PER_SECOND_DEFAULT } = options;
  return {
    targets: targets.filter(isLive),
    rules: { allowExternal, allowsWidePurge, perSecond },
    takes,
    variables: session.environment.variables,
    userAgent: `edgesync-lab/${session.version} (races; a test of this cache by whoever runs it)`,
  };
}

/** What the rails forbid is refused as it would be in a run, but for addresses: nothing is looked up. Throws InvalidInput. */
export function dryRun(
  live: OpenRailsOptions,
  { session, json = false }: { readonly session: Session; readonly json?: boolean | undefined },
): void {
  if (live.targets.length === 0) throw new InvalidInput('--dry-run: expected a live target: nothing else is asked beside this machine');
  checkRails(live);
  const planned = live.targets.map((target) => ({ name: target.name, requests: firstRequests(target, live).map(toPlanned) }));
  const { output } = session;
  if (json) return output.line(JSON.stringify({ dryRun: planned }));
  for (const { name, requests } of planned) {
    output.line(printable(`${name}: nothing is sent; each run has ids and tags of its own`));
    for (const { kind, method, url, headers } of requests) {
      output.line(printable(`${kind.padEnd(KIND_LENGTH)}  ${method} ${url}`));
      for (const [header, value] of Object.entries(headers)) output.line(printable(`${' '.repeat(KIND_LENGTH)}    ${header}: ${value}`));
    }
  }
}

const KIND_LENGTH = 'soft pattern'.length;

function toPlanned({ way, method, url, sentHeaders: headers }: ReturnType<typeof firstRequests>[number]) {
  return { kind: way === undefined ? 'read' : wayText(way), method, url, headers };
}
