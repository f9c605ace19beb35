/**
 * Target files: a cache under test as data. How it is read, how it is purged, what it tells by its headers, and how it is started. Everything
 * wrong with a file is found before anything starts: file, line, key, and the nearest known word.
 */
import { z } from 'zod';
import { lasting } from '../input/duration.ts';
import { type Problem, problemsOf, refusal } from '../input/problems.ts';
import { parseYaml, readSource } from '../input/yaml-source.ts';

export const PURGE_MODES = ['hard', 'soft'] as const;
export type PurgeMode = (typeof PURGE_MODES)[number];
export const PURGE_TYPES = ['key', 'tag', 'pattern', 'all'] as const;
export type PurgeType = (typeof PURGE_TYPES)[number];

/** Of what a purge names, and of what is started. Never in braces, which YAML reads as a map. */
const OF_PURGES = ['id', 'tag', 'pattern'] as const;
const OF_STARTS = ['port', 'dir', 'upstream', 'upstream-host', 'upstream-port'] as const;
const PLACE = /<([a-z][a-z-]*)>/g;

const REQUEST = /^([A-Z]+) (\/\S*)$/;
const EXPECTED_REQUEST = 'expected a method and a path such as PURGE /api/content/<id>';
const written = z.string(EXPECTED_REQUEST).regex(REQUEST, EXPECTED_REQUEST);
const headers = z.record(
  z.string().regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header'),
  z.string().regex(/^[\t\x20-\x7e]*$/, 'expected the value of a header, in ASCII'),
);
const purgeRequest = z.union([written, z.strictObject({ request: written, headers: headers.default({}) })], {
  error: 'expected a request such as PURGE /api/content/<id>, or a map with request and headers',
});
const purges = z.strictObject(
  Object.fromEntries(PURGE_TYPES.map((type) => [type, purgeRequest.optional()])) as Record<PurgeType, z.ZodOptional<typeof purgeRequest>>,
);

const pattern = z.string().transform((text, context) => {
  try {
    return new RegExp(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `expected a regular expression, got ${error instanceof Error ? error.message : text}` });
    return z.NEVER;
  }
});

const DEFAULT_READ = { path: '/api/content/<id>', version: 'data.version', missing: 'version' } as const;
const HOUR_MS = 3_600_000;
const MISSING_MS = 5_000;
const OK_DEFAULT = [200, 204] as const;
/** Below the folder of the process, and nowhere else. */
const FILE_NAME = /^(?!(?:.*\/)?\.\.?(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/;
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

const targetFile = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(NAME, 'expected lower-case letters, digits and dashes'),
  /** One sentence. */
  about: z.string(),
  /** Where a content is read, and where its version stands in the JSON of a 200 and of a 404. */
  read: z
    .strictObject({ path: z.string().startsWith('/', 'expected a path'), version: z.string(), missing: z.string().optional() })
    .default(DEFAULT_READ),
  /** What the cache says of an answer, in a header. */
  label: z.strictObject({ header: z.string(), hit: pattern, stale: pattern.optional() }).optional(),
  /** What the upstream tells the cache to keep a content for, and a 404. */
  lifetime: lasting.default(HOUR_MS),
  missing: lasting.default(MISSING_MS),
  purge: z.strictObject({
    /** Statuses of a purge that was taken. */
    ok: z
      .array(z.int().min(100).max(599))
      .min(1)
      .default([...OK_DEFAULT]),
    hard: purges.optional(),
    soft: purges.optional(),
  }),
  start: z.strictObject({
    command: z.array(z.string().min(1)).min(1),
    /** By their names below the folder of the process. */
    files: z.record(z.string().regex(FILE_NAME, 'expected a name, without .. and without a leading slash'), z.string()).default({}),
    /** Folders that must be there. */
    folders: z.array(z.string().regex(FILE_NAME, 'expected a name, without .. and without a leading slash')).default([]),
    environment: z.record(z.string(), z.string()).default({}),
    /** Where the lab runs as root: whose the folder is, for programs that give up being root. */
    owner: z.string().optional(),
    /** How the program is got, for whoever does not have it. */
    get: z.string().optional(),
  }),
});

export interface PurgeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One of the purges that a target declares. */
export interface PurgeWay {
  readonly mode: PurgeMode;
  readonly type: PurgeType;
  readonly request: PurgeRequest;
}

export interface Target extends Omit<z.output<typeof targetFile>, 'purge'> {
  readonly ok: readonly number[];
  /** At least one. */
  readonly purges: readonly PurgeWay[];
}

/** For editors. */
export function targetJsonSchema(): unknown {
  return z.toJSONSchema(targetFile, { io: 'input', unrepresentable: 'any' });
}

/** Whether a file is meant as a target: what a scenario has no word for stands in it. */
export function isMeantAsTarget(text: string, file: string): boolean {
  const { value } = parseYaml(text, { file });
  return typeof value === 'object' && value !== null && ('start' in value || 'purge' in value);
}

/** Throws InvalidInput. */
export async function readTarget(file: string): Promise<Target> {
  return parseTarget(await readSource(file), file);
}

/** Throws InvalidInput, a line for each problem. */
export function parseTarget(text: string, file: string): Target {
  const source = parseYaml(text, { file });
  const parsed = targetFile.safeParse(source.value);
  const problems = parsed.success ? problemsOfWords(parsed.data) : problemsOf(targetFile, source.value);
  if (!parsed.success || problems.length > 0) throw refusal(source, problems);
  const { purge, ...target } = parsed.data;
  return { ...target, ok: purge.ok, purges: waysOf(purge) };
}

type Written = z.output<typeof targetFile>;

function waysOf(purge: Written['purge']): readonly PurgeWay[] {
  return PURGE_TYPES.flatMap((type) =>
    PURGE_MODES.flatMap((mode) => {
      const found = purge[mode]?.[type];
      return found === undefined ? [] : [{ mode, type, request: toRequest(found) }];
    }),
  );
}

function toRequest(found: z.output<typeof purgeRequest>): PurgeRequest {
  const { request, headers: own } = typeof found === 'string' ? { request: found, headers: {} } : found;
  const [, method = '', path = ''] = REQUEST.exec(request) ?? [];
  return { method, path, headers: own };
}

/** What the schema cannot say. */
function problemsOfWords({ read, purge, start }: Written): readonly Problem[] {
  const ofRequests = PURGE_MODES.flatMap((mode) =>
    PURGE_TYPES.flatMap((type) => {
      const found = purge[mode]?.[type];
      if (found === undefined) return [];
      const { path, headers: own } = toRequest(found);
      const at = ['purge', mode, type];
      const text = [path, ...Object.values(own)].join(' ');
      const wanted = type === 'all' ? undefined : type === 'key' ? 'id' : type;
      const isMissing = wanted !== undefined && !text.includes(`<${wanted}>`);
      return [...strangePlaces(text, OF_PURGES, at), ...(isMissing ? [{ path: at, message: `expected <${wanted}> in it` }] : [])];
    }),
  );
  const ofStart = [
    ...start.command.flatMap((word, at) => strangePlaces(word, OF_STARTS, ['start', 'command', at])),
    ...Object.entries(start.files).flatMap(([name, text]) => strangePlaces(text, OF_STARTS, ['start', 'files', name])),
    ...Object.entries(start.environment).flatMap(([name, text]) => strangePlaces(text, OF_STARTS, ['start', 'environment', name])),
  ];
  const texts = [...start.command, ...Object.values(start.files), ...Object.values(start.environment)];
  const says = (place: string) => texts.some((text) => text.includes(`<${place}`));
  const unsaid = (['port', 'upstream'] as const).filter((place) => !says(place));
  const none = waysOf(purge).length === 0 ? [{ path: ['purge'], message: `expected at least one purge (${PURGE_MODES.join(', ')})` }] : [];
  const ofRead = strangePlaces(read.path, ['id'], ['read', 'path']);
  const noId = read.path.includes('<id>') ? [] : [{ path: ['read', 'path'], message: 'expected <id> in it' }];
  return [
    ...noId,
    ...ofRead,
    ...none,
    ...ofRequests,
    ...ofStart,
    ...unsaid.map((place) => ({ path: ['start'], message: `expected <${place}> in its command, files or environment` })),
  ];
}

/** A file may say `<` for its own ends: only a word in lower case between the two is meant. */
function strangePlaces(text: string, known: readonly string[], path: readonly PropertyKey[]): readonly Problem[] {
  const strange = [...text.matchAll(PLACE)].flatMap(([, place = '']) => (known.includes(place) ? [] : [place]));
  return [...new Set(strange)].map((place) => ({
    path,
    message: `no such place <${place}> (there are ${known.map((one) => `<${one}>`).join(', ')})`,
  }));
}

/** Puts the values in their places. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACE, (place, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? place) : place));
}
