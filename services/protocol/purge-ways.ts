/** How a cache is purged, as data: for each mode and each type of an invalidation the request that does it. */
import { z } from 'zod';
import { type InvalidationMode, type InvalidationType, invalidationMode, invalidationType } from './invalidation.ts';

export const PURGE_MODES = invalidationMode.options;
export const PURGE_TYPES = invalidationType.options;

export interface PurgeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, with its places in texts. Left out: it has none. */
  readonly body?: string;
}

/** One of the purges that a cache takes. */
export interface PurgeWay {
  readonly mode: InvalidationMode;
  readonly type: InvalidationType;
  /** With places: `<id>`, `<tag>`, `<pattern>`. */
  readonly request: PurgeRequest;
}

/**
 * How an invalidation is brought to a cache.
 *
 * `repeat`: until the cache has taken it. `once`: whatever comes of it, as most applications do. `again`: until it was
 * taken, and then once more after each of some times, so that what a fetch under way brought meanwhile is purged, too.
 * `none`: not at all; entries live until they end by themselves.
 */
export type Deliver =
  | { readonly how: 'repeat' | 'once' | 'none' }
  /** ms after the purge before was taken. */
  | { readonly how: 'again'; readonly afterMs: readonly number[] };

/** Never in braces, which YAML reads as a map. */
const PLACE = /<([a-z][a-z-]*)>/g;

const REQUEST = /^([A-Z]+) (\/[\x21-\x7e]*)$/;
const EXPECTED_REQUEST = 'expected a method and a path such as PURGE /api/content/<id>';
const written = z.string(EXPECTED_REQUEST).regex(REQUEST, EXPECTED_REQUEST);
/** As a file says them. */
export const writtenHeaders = z.record(
  z.string().regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header'),
  z.string().regex(/^[\t\x20-\x7e]*$/, 'expected the value of a header, in ASCII'),
);
const EXPECTED_BODY = 'expected a map or a list, which is sent as JSON';
/** Of which only a map and a list are taken. */
const writtenBody = z.unknown().refine((value) => typeof value === 'object' && value !== null, EXPECTED_BODY);
const requestMap = z.strictObject({ request: written, headers: writtenHeaders.default({}), body: writtenBody.optional() });
/** A request as a file says it. */
export const writtenRequest = z.union([written, requestMap], {
  error: 'expected a request such as PURGE /api/content/<id>, or a map with request, headers and body',
});
const purges = z.strictObject(
  Object.fromEntries(PURGE_TYPES.map((type) => [type, writtenRequest.optional()])) as Record<
    InvalidationType,
    z.ZodOptional<typeof writtenRequest>
  >,
);
const EXPECTED_STATUS = 'expected a status from 100 to 599';
const EXPECTED_STATUSES = 'expected one status or more, from 100 to 599';
const OK_DEFAULT = [200, 204] as const;

/** As a file says it. */
export const writtenPurges = z.strictObject({
  /** Statuses of a purge that was taken. */
  ok: z
    .array(z.int(EXPECTED_STATUS).min(100, EXPECTED_STATUS).max(599, EXPECTED_STATUS), EXPECTED_STATUSES)
    .min(1, EXPECTED_STATUSES)
    .default([...OK_DEFAULT]),
  hard: purges.optional(),
  soft: purges.optional(),
});
export type WrittenPurges = z.output<typeof writtenPurges>;

/** As a file would say them. */
export function writtenPurgesOf(ways: readonly PurgeWay[], ok: readonly number[]): z.input<typeof writtenPurges> {
  const ofMode = (mode: InvalidationMode) =>
    Object.fromEntries(
      ways
        .filter((way) => way.mode === mode)
        .map(({ type, request: { method, path, headers: own, body } }) => {
          const sent = body === undefined ? {} : { body: JSON.parse(body) };
          return [type, { request: `${method} ${path}`, headers: { ...own }, ...sent }];
        }),
    );
  return { ok: [...ok], ...Object.fromEntries(PURGE_MODES.map((mode) => [mode, ofMode(mode)])) };
}

/** As the environment of a purger says it. */
export function writtenDeliverText(deliver: Deliver): string {
  return deliver.how === 'again' ? `again:${deliver.afterMs.map((ms) => `${ms}ms`).join(',')}` : deliver.how;
}

export function waysOf(written: Pick<WrittenPurges, InvalidationMode>): readonly PurgeWay[] {
  return PURGE_TYPES.flatMap((type) =>
    PURGE_MODES.flatMap((mode) => {
      const found = written[mode]?.[type];
      return found === undefined ? [] : [{ mode, type, request: toRequest(found) }];
    }),
  );
}

export function toRequest(found: z.output<typeof writtenRequest>): PurgeRequest {
  const { request, headers: own, body } = typeof found === 'string' ? { request: found, headers: {}, body: undefined } : found;
  const [, method = '', path = ''] = REQUEST.exec(request) ?? [];
  return { method, path, headers: own, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
}

/** The place that a purge of each type must have in its request; that of all has none. */
const PLACE_OF: Readonly<Record<InvalidationType, string | undefined>> = { key: 'id', tag: 'tag', pattern: 'pattern', all: undefined };

/** What is wrong with the places of a way, a sentence each. */
export function problemsOfWay({ type, request }: PurgeWay): readonly string[] {
  const text = textsOf(request).join(' ');
  const wanted = PLACE_OF[type];
  const missing = wanted === undefined || text.includes(`<${wanted}>`) ? [] : [`expected <${wanted}> in it`];
  return [...strangePlaces(text, wanted === undefined ? [] : [wanted]), ...missing];
}

/** Where a request may have places. */
export function textsOf({ path, headers: own, body = '' }: PurgeRequest): readonly string[] {
  return [path, ...Object.values(own), body];
}

/** A text may say `<` for its own ends: only a word in lower case between the two is meant. A sentence each. */
export function strangePlaces(text: string, known: readonly string[]): readonly string[] {
  const strange = [...text.matchAll(PLACE)].flatMap(([, place = '']) => (known.includes(place) ? [] : [place]));
  const there = known.length === 0 ? 'none' : known.map((one) => `<${one}>`).join(', ');
  return [...new Set(strange)].map((place) => `no such place <${place}> (there are ${there})`);
}

/** Puts the values in their places. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACE, (place, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? place) : place));
}

export function filledRequest({ method, path, headers: own, body }: PurgeRequest, values: Readonly<Record<string, string>>): PurgeRequest {
  const named = Object.entries(own).map(([name, value]) => [name, filled(value, values)]);
  const inJson = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value).slice(1, -1)]));
  const sent = body === undefined ? {} : { body: filled(body, inJson) };
  return { method, path: filled(path, values), headers: Object.fromEntries(named), ...sent };
}
