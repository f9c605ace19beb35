/** A live target as a file has it, and rails over some. */
import { systemClock } from '../../../services/runtime/clock.ts';
import type { Way } from '../../races/raced-cache.ts';
import { type LiveTarget, parseTarget } from '../../targets/target.ts';
import type { LookUp } from '../kept-hosts.ts';
import { openRails, type RailRules, type ToSend } from '../open-rails.ts';
import type { Rails, Spent } from '../rails.ts';

export interface LiveFile {
  readonly url?: string;
  /** In YAML. */
  readonly purge?: string;
  readonly read?: string;
  /** Lines of `live`, in YAML. */
  readonly more?: readonly string[];
  readonly port?: number;
  /** Of `live`, in YAML: in place of our upstream. */
  readonly origin?: string;
  /** Where the version stands in an answer. */
  readonly version?: string;
}

export const KEY_PURGE = '{ hard: { key: { request: GET /api/content/<id>, headers: { x-refresh: "1" } } }, ok: [200, 404] }';

/** How contents are written at an origin of the user's own. */
export function ownOrigin(url: string, more = ''): string {
  const body = '{ version: <version>, text: <value>, slug: <slug>, tag: <tag> }';
  const put = `{ request: PUT /api/content/<id>, body: ${body} }`;
  return `{ url: "${url}", create: ${put}, update: ${put}, delete: DELETE /api/content/<id>${more} }`;
}

export function liveText({
  url = 'http://127.0.0.1:9',
  purge = KEY_PURGE,
  read = '/api/content/<id>',
  more = [],
  port = 8480,
  origin,
  version = 'data.version',
}: LiveFile = {}) {
  return [
    'version: 1',
    'name: cdn',
    'about: a cache that is there',
    `read: { path: ${JSON.stringify(read)}, version: ${version}, missing: version }`,
    'label: { header: x-cache, hit: ^HIT }',
    `purge: ${purge}`,
    'live:',
    `  url: ${JSON.stringify(url)}`,
    origin === undefined ? `  upstream: { port: ${port} }` : `  origin: ${origin}`,
    ...more.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

export function liveTarget(file: LiveFile = {}): LiveTarget {
  const target = parseTarget(liveText(file), 'cdn.yaml');
  if (target.live === undefined) throw new Error('expected a live target');
  return target;
}

export interface OpenedRails extends Partial<ToSend> {
  readonly rules?: Partial<RailRules>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly takes?: (way: Way) => boolean;
  readonly spent?: Spent;
}

export const NO_RULES: RailRules = { allowExternal: [], allowsWidePurge: false, perSecond: 20 };
/** Whoever asks for a name that a test has not given fails it. */
export const noNames: LookUp = (name) => Promise.reject(new Error(`${name} was looked up`));

export function railsOver(
  targets: readonly LiveTarget[],
  { rules, variables = {}, takes = () => true, spent, ...toSend }: OpenedRails = {},
): Promise<Rails> {
  return openRails(
    { targets, rules: { ...NO_RULES, ...rules }, takes, variables, userAgent: 'edgesync-lab/test', spent },
    { clock: systemClock, signal: new AbortController().signal, lookUp: noNames, ...toSend },
  );
}
