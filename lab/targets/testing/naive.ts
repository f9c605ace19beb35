/** The cache of a few lines (`naive-cache.mjs`) as a target. */
import { join } from 'node:path';
import { asStarted, parseTarget, type StartedTarget } from '../target.ts';

const PROGRAM = join(import.meta.dirname, 'naive-cache.mjs');

export interface NaiveOptions {
  /** In place of the right one. */
  readonly purge?: string;
  readonly label?: string;
  /** It has a word for what is stale. */
  readonly saysStale?: boolean;
  readonly mode?: 'hard' | 'soft';
  /** Whoever purges it, in place of requests. As a target file says it, in JSON. */
  readonly tell?: unknown;
}

/** `behaviours`: how it is wrong, or right, as its file says. */
export function naiveTarget(
  behaviours: readonly string[],
  { purge = 'PURGE /api/content/<id>', label = 'x-cache', mode = 'hard', saysStale = false, tell }: NaiveOptions = {},
): StartedTarget {
  const command = [process.execPath, PROGRAM, '<port>', '<upstream>', ...behaviours];
  const text = [
    'version: 1',
    'name: naive',
    'about: a cache of a few lines',
    `label: { header: ${label}, hit: ^HIT${saysStale ? ', stale: ^STALE' : ''} }`,
    tell === undefined ? `purge: { ${mode}: { key: ${purge} } }` : `tell: ${JSON.stringify(tell)}`,
    `start: { command: ${JSON.stringify(command)} }`,
  ];
  return asStarted(parseTarget(text.join('\n'), 'naive.yaml'));
}
