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
  /** The fetch that brought it; undefined: the answer has no stamp. */
  readonly fetch: number | undefined;
  readonly askedAt: number | undefined;
  /** Of the upstream that stamped it. */
  readonly run: string | undefined;
}

const FOUND = 200;
const MISSING = 404;

export function toTargetRead({ status, headers, text }: Answered, { read, label }: Pick<Target, 'read' | 'label'>): TargetRead {
  const path = status === FOUND ? read.version : status === MISSING ? read.missing : undefined;
  return {
    version: versionOf(status, path === undefined ? undefined : numberAt(text, path)),
    found: status === FOUND,
    status,
    label: labelOf(headers, label),
    fetch: numberIn(headers[FETCH_HEADER]),
    askedAt: numberIn(headers[ASKED_HEADER]),
    run: headers[RUN_HEADER],
  };
}

/** A 404 that says no version says that there is nothing. */
function versionOf(status: number, told: number | undefined): number | undefined {
  return told ?? (status === MISSING ? 0 : undefined);
}

function labelOf(headers: Answered['headers'], label: Target['label']): TargetRead['label'] {
  if (label === undefined) return 'unlabelled';
  const said = headers[label.header.toLowerCase()] ?? '';
  if (label.stale?.test(said)) return 'stale';
  return label.hit.test(said) ? 'hit' : 'miss';
}

/** `data.version` of a JSON text; undefined where there is none. */
function numberAt(text: string, path: string): number | undefined {
  let at: unknown;
  try {
    at = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const step of path.split('.')) at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined;
  return typeof at === 'number' ? at : undefined;
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
