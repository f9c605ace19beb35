/**
 * Target files: a cache under test as data. How it is read, how it is purged, what it tells by its headers, and how it
 * is started. Everything wrong with a file is found before anything starts: file, line, key, and the nearest known
 * word.
 */
import { z } from 'zod';
import {
  type Deliver,
  PURGE_MODES,
  type PurgeWay,
  problemsOfWay,
  strangePlaces,
  waysOf,
  writtenPurges,
} from '../../services/protocol/purge-ways.ts';
import { InvalidInput } from '../errors.ts';
import { lasting } from '../input/duration.ts';
import { type Problem, problemsOf, refusal } from '../input/problems.ts';
import { parseYaml, readSource } from '../input/yaml-source.ts';
import { writtenConfig } from './config.ts';
import { deliverOf, writtenDeliver } from './deliver.ts';
import { type Live, problemsOfLive, problemsOfStarted, toLive, withoutValues, writtenLive } from './live.ts';
import { problemsOfStart, writtenStart } from './start.ts';
import { problemsOfTell, writtenTell } from './tell.ts';

const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `expected a regular expression, got ${error instanceof Error ? error.message : text}` });
    return z.NEVER;
  }
});

const place = z.string().min(1, 'expected the place of a version, such as data.version');
/** A token (RFC 9110, section 5.6.2). */
const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const DEFAULT_READ = { path: '/api/content/<id>', version: 'data.version', missing: 'version' } as const;
const HOUR_MS = 3_600_000;
const MISSING_MS = 5_000;
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

const targetFile = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(NAME, 'expected lower-case letters, digits and dashes'),
  /** One sentence. */
  about: z.string(),
  /** The preset of which this one is the recipe: the same cache, set so that it loses no invalidation, or fewer. */
  mends: z.string().regex(NAME, 'expected the name of a target').optional(),
  /** Where a content is read, and where its version stands in the JSON of a 200 and of a 404. */
  read: z
    .strictObject({ path: z.string().startsWith('/', 'expected a path'), version: place, missing: place.optional() })
    .default(DEFAULT_READ),
  /** What the cache says of an answer, in a header. */
  label: z
    .strictObject({ header: z.string().regex(HEADER, 'expected the name of a header'), hit: pattern, stale: pattern.optional() })
    .optional(),
  /** What the upstream tells the cache to keep a content for, and a 404. */
  lifetime: lasting.default(HOUR_MS),
  missing: lasting.default(MISSING_MS),
  /** For how long it promises to call an old version fresh at most, whatever fails. Left out: it promises nothing. */
  bound: lasting.optional(),
  /** Left out: it has none, and lifetime alone ends what it holds. */
  purge: writtenPurges.optional(),
  /** Who purges it, where that is an application of the user's own, in place of purge. */
  tell: writtenTell.optional(),
  /** How an invalidation is brought to it. Left out: `repeat`, or `none` where nobody purges it. */
  deliver: writtenDeliver.optional(),
  /** How a configuration of the user's own takes the place of this one. */
  config: writtenConfig.optional(),
  /** How the lab starts it. Either this or `live`. */
  start: writtenStart.optional(),
  /** A cache that the lab does not start. */
  live: writtenLive.optional(),
});

/** What passes to the process that starts it: data, and nothing else. */
export interface HostedTarget extends Omit<StartedTarget, 'label' | 'config'> {
  /** A 304 of its upstream says nothing of tags. */
  readonly untagged304?: boolean;
  /** It stands behind another one of its kind. Left out: it asks its upstream itself. */
  readonly shield?: Shield | undefined;
  /** Its own mechanism reads the log: the lab does not purge it, and is not told what was applied. Only in Docker. */
  readonly readsLog?: true;
}

/** When the shield is purged, and when the cache behind it. */
export const SHIELDS = ['purged-first', 'purged-last'] as const;
export type Shield = (typeof SHIELDS)[number];

interface Common extends Omit<Written, 'purge' | 'deliver' | 'start' | 'live'> {
  readonly ok: readonly number[];
  /** None: lifetime alone ends what it holds. */
  readonly purges: readonly PurgeWay[];
  readonly deliver: Deliver;
}

/** A program of this machine, which the lab starts. */
export interface StartedTarget extends Common {
  readonly start: z.output<typeof writtenStart>;
  readonly live?: never;
}

/** A cache that is there. */
export interface LiveTarget extends Common {
  readonly live: Live;
  readonly start?: never;
}

export type Target = StartedTarget | LiveTarget;

/** For whoever starts its caches itself. Throws InvalidInput for a live one. */
export function asStarted<Any extends Target>(target: Any): Extract<Any, StartedTarget> {
  if (isStarted(target)) return target;
  throw new InvalidInput(`${target.name} is a live target, which only races and run accept; other commands start their caches themselves`);
}

function isStarted<Any extends Target>(target: Any): target is Extract<Any, StartedTarget> {
  return target.live === undefined;
}

/** For editors. */
export function targetJsonSchema(): unknown {
  const schema = z.toJSONSchema(targetFile, { io: 'input', unrepresentable: 'any' });
  return { ...schema, oneOf: [{ required: ['start'] }, { required: ['live'] }] };
}

/** Whether a file is meant as a target: what a scenario has no word for stands in it. */
export function isMeantAsTarget(text: string, file: string): boolean {
  const { value } = parseYaml(text, { file });
  return typeof value === 'object' && value !== null && ('start' in value || 'live' in value || 'purge' in value);
}

/** Throws InvalidInput. */
export async function readTarget(file: string): Promise<Target> {
  return parseTarget(await readSource(file), file);
}

/** Throws InvalidInput, a line for each problem. */
export function parseTarget(text: string, file: string): Target {
  const source = parseYaml(text, { file });
  const parsed = targetFile.safeParse(source.value);
  const problems = parsed.success ? problemsOfWords(parsed.data) : withoutValues(source.value, problemsOf(targetFile, source.value));
  if (!parsed.success || problems.length > 0) throw refusal(source, problems);
  const { purge, deliver, start, live: writtenOfLive, ...rest } = parsed.data;
  const live = writtenOfLive && toLive(writtenOfLive);
  const delivered = deliverOf(deliver ?? (purge === undefined && rest.tell === undefined ? 'none' : 'repeat'));
  const ways = purge === undefined ? { ok: [], purges: [] } : { ok: purge.ok, purges: waysOf(purge) };
  const purged = { ...ways, deliver: delivered };
  if (live !== undefined) return { ...rest, ...purged, live };
  if (start !== undefined) return { ...rest, ...purged, start };
  throw refusal(source, [NEITHER]);
}

type Written = z.output<typeof targetFile>;

const NEITHER = { path: [], message: 'expected start, a program that the lab starts, or live, a cache that already runs' } as const;

/** What the schema cannot say. */
function problemsOfWords({ read, purge, tell, deliver, config, start, live }: Written): readonly Problem[] {
  const ways = purge === undefined ? [] : waysOf(purge);
  const ofRequests = ways.flatMap((way) => problemsOfWay(way).map((message) => ({ path: ['purge', way.mode, way.type], message })));
  const isEmpty = purge !== undefined && ways.length === 0;
  const none = isEmpty ? [{ path: ['purge'], message: `expected at least one purge (${PURGE_MODES.join(', ')}), or no purge at all` }] : [];
  const isUndelivered = purge === undefined && tell === undefined && deliver !== undefined && deliver !== 'none';
  const undelivered = isUndelivered
    ? [{ path: ['deliver'], message: 'expected none: without purge or tell there is nothing to deliver' }]
    : [];
  const ofRead = strangePlaces(read.path, ['id']).map((message) => ({ path: ['read', 'path'], message }));
  const noId = read.path.includes('<id>') ? [] : [{ path: ['read', 'path'], message: 'expected <id> in it' }];
  const ofStart = start === undefined ? [] : problemsOfStart(start, config);
  const ofLive = live === undefined ? problemsOfStarted(ways) : problemsOfLive({ live, read, ways });
  const told = purge !== undefined && tell !== undefined;
  const ofTell = [
    ...(told ? [{ path: ['tell'], message: 'expected either tell or purge: the application that tell names purges the cache' }] : []),
    ...(tell === undefined ? [] : problemsOfTell(tell)),
  ];
  const both = problemsOfBoth({ start, live, config, tell });
  return [...ofTell, ...noId, ...ofRead, ...none, ...undelivered, ...ofRequests, ...ofStart, ...ofLive, ...both];
}

function problemsOfBoth({ start, live, config, tell }: Pick<Written, 'start' | 'live' | 'config' | 'tell'>): readonly Problem[] {
  if (start === undefined && live === undefined) return [NEITHER];
  if (live === undefined) return [];
  const both = start === undefined ? [] : [{ path: ['live'], message: 'expected start or live, got both' }];
  const own = config === undefined ? [] : [{ path: ['config'], message: 'expected none: the lab does not configure a live target' }];
  const told = tell === undefined ? [] : [{ path: ['tell'], message: 'expected purge: a live target is purged by requests alone' }];
  return [...both, ...own, ...told];
}
