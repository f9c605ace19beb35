/** An answer of a cache under test, as a reader takes it: its version, whence it is, and how it is labelled. */
import { ASKED_HEADER, FETCH_HEADER, RUN_HEADER } from '../../services/protocol/upstream-api.ts';
import type { Answered } from '../../services/runtime/asker.ts';
import type { Target } from './target.ts';

export interface TargetRead {
  /** undefined: the answer had none. */
  readonly version: number | undefined;
  readonly found: boolean;
  readonly status: number;
  /** As the cache labels it; `unlabelled` where it does not. */
  readonly label: 'hit' | 'stale' | 'miss' | 'unlabelled';
  /** It is a hit of a cache that would have said so, were it stale. */
  readonly isCalledFresh: boolean;
  /** The fetch that brought it; undefined: the answer has no stamp. */
  readonly fetch: number | undefined;
  readonly askedAt: number | undefined;
  /** Of the upstream that stamped it. */
  readonly run: string | undefined;
}

const FOUND = 200;
const MISSING = 404;

export interface ReadAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What its JSON says. */
  readonly body: unknown;
}

export function toTargetRead({ status, headers, body }: ReadAnswer, { read, label }: Pick<Target, 'read' | 'label'>): TargetRead {
  const said = labelOf(headers, label);
  const path = status === FOUND ? read.version : status === MISSING ? read.missing : undefined;
  return {
    version: versionOf(status, path === undefined ? undefined : numberAt(body, path)),
    found: status === FOUND,
    status,
    label: said,
    isCalledFresh: said === 'hit' && label?.stale !== undefined,
    fetch: numberIn(told(headers, FETCH_HEADER)),
    askedAt: numberIn(told(headers, ASKED_HEADER)),
    run: told(headers, RUN_HEADER),
  };
}

/** The same of an answer as text. */
export function readOfText({ text, ...answer }: Answered, target: Pick<Target, 'read' | 'label'>): TargetRead {
  return toTargetRead({ ...answer, body: jsonOf(text) }, target);
}

/** A 404 that says no version says that there is nothing. */
function versionOf(status: number, told: number | undefined): number | undefined {
  return told ?? (status === MISSING ? 0 : undefined);
}

/** Of several lines of one name all, as HTTP joins them. */
function told(headers: ReadAnswer['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.join(', ');
}

function labelOf(headers: ReadAnswer['headers'], label: Target['label']): TargetRead['label'] {
  if (label === undefined) return 'unlabelled';
  const said = told(headers, label.header.toLowerCase()) ?? '';
  if (label.stale?.test(said)) return 'stale';
  return label.hit.test(said) ? 'hit' : 'miss';
}

/** What a text says in JSON; undefined where it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `data.version` of what JSON says; undefined where there is none. */
function numberAt(body: unknown, path: string): number | undefined {
  let at = body;
  for (const step of path.split('.')) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
  return typeof at === 'number' ? at : undefined;
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
