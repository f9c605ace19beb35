/** Every script of the cache: loaded on each connection before its first command. */
import { APPLY } from './apply.ts';
import { CONFIRM, PASS } from './beats.ts';
import { BEGIN, NEW_LIFE } from './begin.ts';
import { FILL } from './fill.ts';
import { LOOKUP } from './lookup.ts';
import { POSITIONS } from './positions.ts';
import { RAISE_ALL } from './raise-all.ts';
import type { Script } from './script.ts';
import { TAKES_WRITES } from './takes-writes.ts';
import { UNLIST, VERSIONS } from './versions.ts';

export const SCRIPTS: readonly Script[] = [
  BEGIN,
  NEW_LIFE,
  LOOKUP,
  FILL,
  APPLY,
  PASS,
  CONFIRM,
  RAISE_ALL,
  POSITIONS,
  VERSIONS,
  UNLIST,
  TAKES_WRITES,
];
