/** Every script of the cache: loaded on each connection before its first command. */
import { APPLY } from './apply.ts';
import { CONFIRM, PASS } from './beats.ts';
import { BEGIN, NEW_LIFE } from './begin.ts';
import { FILL } from './fill.ts';
import { LOOKUP } from './lookup.ts';
import { TAKE_UP } from './positions.ts';
import { FORGET_LOG, RAISE_ALL } from './raise-all.ts';
import { RAISE_MINIMUMS } from './raise-minimums.ts';
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
  FORGET_LOG,
  RAISE_MINIMUMS,
  TAKE_UP,
  VERSIONS,
  UNLIST,
  TAKES_WRITES,
];
