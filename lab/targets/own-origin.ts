/**
 * An origin of the user's own behind a live cache: how a content is created, updated and deleted there. The lab says
 * which id and which version a content has; the origin keeps them and serves them.
 */
import { z } from 'zod';
import {
  type PurgeRequest,
  strangePlaces,
  textsOf,
  toRequest,
  writtenHeaders,
  writtenRequest,
} from '../../services/protocol/purge-ways.ts';
import type { Problem } from '../input/problems.ts';
import { cacheUrl } from './cache-url-key.ts';

/** In the order of a content's life. */
export const WRITES = ['create', 'update', 'delete'] as const;
export type WriteKind = (typeof WRITES)[number];

const EXPECTED_STATUS = 'expected a status from 100 to 599';
const OK_DEFAULT = [200, 201, 204] as const;

/** As a file says it. */
export const writtenOrigin = z.strictObject({
  /** Where contents are written: scheme, host and port. */
  url: cacheUrl,
  /** Sent with every write. */
  headers: writtenHeaders.default({}),
  /** Statuses of a write that was taken. */
  ok: z
    .array(z.int(EXPECTED_STATUS).min(100, EXPECTED_STATUS).max(599, EXPECTED_STATUS))
    .min(1)
    .default([...OK_DEFAULT]),
  create: writtenRequest,
  update: writtenRequest,
  /** Left out: no content is deleted. */
  delete: writtenRequest.optional(),
  /**
   * Past the cache: its answer says the version as one of the cache does. Left out: what the origin holds is not known.
   */
  read: writtenRequest.optional(),
});
export type OwnOrigin = z.output<typeof writtenOrigin>;

export interface WriteTemplate {
  readonly kind: WriteKind;
  readonly request: PurgeRequest;
}

/** The places of each, and those that it must have. */
const PLACES: Readonly<Record<WriteKind, { readonly known: readonly string[]; readonly needed: readonly string[] }>> = {
  create: { known: ['id', 'version', 'value', 'slug', 'tag'], needed: ['id', 'version'] },
  update: { known: ['id', 'version', 'value', 'slug', 'tag'], needed: ['id', 'version'] },
  delete: { known: ['id', 'version', 'slug'], needed: ['id'] },
};

export function templatesOf(origin: OwnOrigin): readonly WriteTemplate[] {
  return WRITES.flatMap((kind) => {
    const written = origin[kind];
    return written === undefined ? [] : [{ kind, request: toRequest(written) }];
  });
}

/** How a content is read at the origin itself; undefined: it does not say. */
export function originReadOf({ read }: OwnOrigin): PurgeRequest | undefined {
  return read === undefined ? undefined : toRequest(read);
}

/** What is wrong with its places; of paths, headers and secrets its file says more. */
export function problemsOfPlaces(origin: OwnOrigin): readonly Problem[] {
  return [...readProblems(origin), ...templatesOf(origin).flatMap(problemsOfWrite)];
}

function readProblems(origin: OwnOrigin): readonly Problem[] {
  const read = originReadOf(origin);
  if (read === undefined) return [];
  const isRead = read.method === 'GET' && read.body === undefined;
  const text = textsOf(read).join(' ');
  const missing = text.includes('<id>') ? [] : ['expected <id> in it'];
  const messages = [...(isRead ? [] : ['expected a GET without a body']), ...strangePlaces(text, ['id']), ...missing];
  return messages.map((message) => ({ path: ['live', 'origin', 'read'], message }));
}

function problemsOfWrite({ kind, request }: WriteTemplate): readonly Problem[] {
  const { known, needed } = PLACES[kind];
  const text = textsOf(request).join(' ');
  const missing = needed.filter((place) => !text.includes(`<${place}>`)).map((place) => `expected <${place}> in it`);
  const unsendable = request.path.includes('<value>') ? ['expected <value> in a body or a header: it has spaces'] : [];
  return [...strangePlaces(text, known), ...missing, ...unsendable].map((message) => ({ path: ['live', 'origin', kind], message }));
}
