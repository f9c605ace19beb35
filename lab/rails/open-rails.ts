/** What is known of a run on live targets before anything is sent: what the rails forbid is refused here. */
import { textsOf } from '../../services/protocol/purge-ways.ts';
import type { Clock } from '../../services/runtime/clock.ts';
import { InvalidInput } from '../errors.ts';
import { type Way, wayText } from '../races/raced-cache.ts';
import { problemsOfLive } from '../targets/live.ts';
import { originReadOf, templatesOf, WRITES } from '../targets/own-origin.ts';
import type { LiveTarget } from '../targets/target.ts';
import { type AllowedRequest, lookOf, requestsFor, writeRequestOf } from './allowed-requests.ts';
import type { CacheUrl } from './cache-url.ts';
import { checkNamed, type KeptHost, keepHost, type LookUp, readAllowed } from './kept-hosts.ts';
import { Rails, type Spent } from './rails.ts';
import { readSecrets } from './secrets.ts';
import { isWide } from './wide.ts';

/** What the user allows. */
export interface RailRules {
  /** Hosts, as they were named. */
  readonly allowExternal: readonly string[];
  readonly allowsWidePurge: boolean;
  readonly perSecond: number;
}

export interface OpenRailsOptions {
  readonly targets: readonly LiveTarget[];
  readonly rules: RailRules;
  /** Purges that are asked for, of those that a target declares. */
  readonly takes: (way: Way) => boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly userAgent: string;
  /** What was sent before, by others of the same command. Left out: nothing. */
  readonly spent?: Spent | undefined;
}

export interface ToSend {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly lookUp: LookUp;
}

/** Sends nothing and looks nothing up. Throws InvalidInput. */
export function checkRails({ targets, rules, takes, variables }: Omit<OpenRailsOptions, 'userAgent' | 'spent'>): void {
  const allowed = readAllowed(rules.allowExternal);
  for (const target of targets) {
    const { name, live, read, purges: ways } = target;
    const [problem] = problemsOfLive({ live, read, ways });
    if (problem !== undefined) throw new InvalidInput(`${name}: ${problem.path.map(String).join('.')}: ${problem.message}`);
    for (const { url, what } of urlsOf(target)) checkNamed(url, { allowed, what });
    readSecrets(name, secretTextsOf(target, takes), variables);
    const wide = ways.filter((way) => takes(way) && isWide(way));
    if (wide.length > 0 && !rules.allowsWidePurge) throw new InvalidInput(tooWide(name, wide));
  }
}

/** Each host is looked up, once. Whoever opens the rails closes them. Throws InvalidInput. */
export async function openRails(options: OpenRailsOptions, { lookUp, ...toSend }: ToSend): Promise<Rails> {
  checkRails(options);
  const { targets, rules, takes, variables, userAgent, spent } = options;
  const allowed = readAllowed(rules.allowExternal);
  const kept = new Map<string, KeptHost>();
  for (const { url, what } of targets.flatMap(urlsOf)) {
    const before = kept.get(url.host);
    kept.set(url.host, await keepHost(url, { allowed, what, lookUp: before === undefined ? lookUp : async () => before.addresses }));
  }
  const secrets = new Map(targets.map((target) => [target, readSecrets(target.name, secretTextsOf(target, takes), variables)]));
  const { perSecond, allowsWidePurge } = rules;
  return new Rails({ hosts: [...kept.values()], secrets, perSecond, allowsWidePurge, takes, userAgent, spent, ...toSend });
}

/** The first request of each kind, of a content that there is not: a secret is a name. */
export function firstRequests(
  target: LiveTarget,
  { takes, userAgent }: Pick<OpenRailsOptions, 'takes' | 'userAgent'>,
): readonly AllowedRequest[] {
  const writes = WRITES.flatMap((kind) => writeRequestOf(kind, EXAMPLE, { target, userAgent }) ?? []);
  const look = lookOf(EXAMPLE.id, { target, userAgent });
  return [
    ...writes,
    ...(look === undefined ? [] : [look]),
    ...requestsFor(EXAMPLE, { target, ways: target.purges.filter(takes), userAgent }),
  ];
}

/** Of its kind: each run draws its own. */
const EXAMPLE = {
  id: 1001,
  version: 1,
  value: 'written as operation 1',
  slug: 'race-1a2b3c-1',
  tags: ['race-1a2b3c-tag-race-1a2b3c-1'],
} as const;

function urlsOf({ name, live }: LiveTarget): readonly { readonly url: CacheUrl; readonly what: string }[] {
  const of = (url: CacheUrl | undefined, key: string) => (url === undefined ? [] : [{ url, what: `${name}: live.${key}` }]);
  return [...of(live.url, 'url'), ...of(live['purge-url'], 'purge-url'), ...of(live.origin?.url, 'origin.url')];
}

/** Of what is sent, all that may name secrets: a purge that is not asked for needs none. */
function secretTextsOf({ live, purges }: LiveTarget, takes: OpenRailsOptions['takes']): readonly string[] {
  const { origin } = live;
  const look = origin && originReadOf(origin);
  const written = [...purges.filter(takes), ...(origin === undefined ? [] : templatesOf(origin))].map(({ request }) => request);
  const requests = look === undefined ? written : [...written, look];
  return [...Object.values(live.headers), ...Object.values(origin?.headers ?? {}), ...requests.flatMap(textsOf)];
}

function tooWide(name: string, wide: readonly Way[]): string {
  const which = wide.map(wayText).join(', ');
  return `${name}: ${which} may purge contents of others; --allow-wide-purge allows that; --purge key needs no permission`;
}
