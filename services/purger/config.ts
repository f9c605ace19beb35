/** The environment of a purger: one table. */
import { z } from 'zod';
import { PROPAGATION_DELAY_MS_MAX } from '../protocol/edge-api.ts';
import { type Deliver, PURGE_TYPES, problemsOfWay, type WrittenPurges, waysOf, writtenPurges } from '../protocol/purge-ways.ts';
import { baseUrlSetting, type ConfigOf, choiceSetting, integerSetting, textSetting } from '../runtime/config.ts';
import { logSetting, portSetting, SERVICE_SETTINGS } from '../runtime/service-settings.ts';

const AGAIN_MS_MAX = 600_000;
const DEADLINE_MS_MAX = 600_000;
const DEADLINE_MS = 10_000;

const EXPECTED_PURGES = 'expected JSON such as {"hard":{"key":"PURGE /api/content/<id>"}}';

const purgesSetting: z.ZodType<WrittenPurges, string> = z.string().transform((text, context): WrittenPurges => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const parsed = writtenPurges.safeParse(parsedJson(text));
  if (!parsed.success) return refuse(problemOf(parsed.error.issues[0]));
  const ways = waysOf(parsed.data);
  const [problem] = ways.flatMap((way) => problemsOfWay(way).map((message) => `${way.mode}.${way.type}: ${message}`));
  if (problem !== undefined) return refuse(problem);
  return ways.length > 0 ? parsed.data : refuse('expected at least one purge, hard or soft');
});

/** undefined: it is none. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** At the top of it nothing can be said of a place. */
function problemOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return EXPECTED_PURGES;
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return `${place === '' ? 'expected ok, hard and soft' : `${place}: expected ${PURGE_TYPES.join(', ')}`} and nothing else, got ${issue.keys.join(', ')}`;
  return place === '' ? EXPECTED_PURGES : `${place}: ${issue.message}`;
}

const AGAIN = /^again:\d{1,6}ms(?:,\d{1,6}ms)*$/;
const EXPECTED_DELIVER = `expected repeat, once, none or again:700ms, up to again:${AGAIN_MS_MAX}ms`;
const deliverSetting: z.ZodType<Deliver, string> = z.string().transform((text, context): Deliver => {
  if (text === 'repeat' || text === 'once' || text === 'none') return { how: text };
  const times = AGAIN.test(text) ? [...text.matchAll(/\d+/g)].map(Number) : [];
  if (times.length > 0 && times.every((ms) => ms <= AGAIN_MS_MAX)) return { how: 'again', afterMs: times };
  context.addIssue({ code: 'custom', message: EXPECTED_DELIVER });
  return z.NEVER;
});

export const PURGER_SETTINGS = {
  REGION_NAME: {
    schema: textSetting.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and dashes'),
    about: 'name of the region whose cache is purged; one purger of a name at a time',
  },
  PURGER_PORT: { schema: portSetting, fallback: 5100, about: 'port it listens on; 0 takes a free one' },
  CACHE_URL: { schema: baseUrlSetting, about: 'the cache that takes the purges' },
  PURGES: {
    schema: purgesSetting,
    isSecret: true,
    about: 'how it is purged, as in a target file, in JSON: `{"ok":[200],"hard":{"key":"PURGE /api/content/<id>"}}`',
  },
  DELIVER: {
    schema: deliverSetting,
    fallback: { how: 'repeat' } as Deliver,
    fallbackText: 'repeat',
    about: '`repeat` until it is taken, `once`, `again:700ms` once more after that time (`again:700ms,2000ms` twice), `none`',
  },
  PURGE_DEADLINE: {
    schema: integerSetting(1, DEADLINE_MS_MAX),
    fallback: DEADLINE_MS,
    unit: 'ms',
    about: 'a purge without an answer by then is sent again; above the longest fetch of the cache, for a purge may wait for one',
  },
  POSITION_FILE: { schema: textSetting, about: 'where it keeps how far it has come; beside it a file of all ids' },
  PROPAGATION_DELAY: {
    schema: integerSetting(0, PROPAGATION_DELAY_MS_MAX),
    fallback: 0,
    unit: 'ms',
    about: 'how long after its record an invalidation is purged',
  },
  INVALIDATION_STRATEGY: {
    schema: choiceSetting('eager', 'lazy'),
    fallback: 'eager' as const,
    about: 'what an invalidation without a mode means: a hard purge, or a soft one',
  },
  KAFKA_BROKERS: { schema: logSetting, about: 'the invalidation log: `host:port,…`, or `memory:` for one inside this process' },
  ADMIN_TOKEN: { schema: textSetting, fallback: '', about: 'bearer token of the admin routes; without it they answer 403' },
  ...SERVICE_SETTINGS,
} as const;

export type PurgerConfig = ConfigOf<typeof PURGER_SETTINGS>;
