/**
 * How a cache is brought to ask whether what it holds has changed: by the end of its lifetime, else by a soft purge,
 * where it has one.
 */

import type { Look } from '../look.ts';
import type { RacedContent, Way } from '../raced-cache.ts';
import type { Stage } from '../stage.ts';
import type { UnderWay } from '../under-way.ts';

const SHORT_MS = 1_000;
/** Past its lifetime, whatever is rounded. */
const EXPIRED_MS = 2_200;
const LONG_MS = 3_600_000;
const SOFT_KEY: Way = { mode: 'soft', type: 'key' };

export interface Revalidation {
  /** Who asked for the content. */
  readonly reader: UnderWay<Look>;
  /** Lets the answer go. */
  readonly release: () => void;
}

export interface RevalidationOptions {
  /** Its answer says nothing of tags. */
  readonly untagged304?: boolean;
}

/** The answer of the revalidation is held before its headers. undefined: the cache did not ask. */
export async function holdRevalidation(
  stage: Stage,
  content: RacedContent,
  { untagged304 = false }: RevalidationOptions = {},
): Promise<Revalidation | undefined> {
  const path = stage.path(content);
  await stage.upstream.set(path, { lifetimeMs: SHORT_MS });
  await stage.read('a reader', content).result;
  await stage.moment(EXPIRED_MS);
  await stage.upstream.set(path, { lifetimeMs: LONG_MS, untagged304 });
  return (await heldAfter(stage, content)) ?? (stage.has(SOFT_KEY) ? heldAfter(stage, content, SOFT_KEY) : undefined);
}

async function heldAfter(stage: Stage, content: RacedContent, way?: Way): Promise<Revalidation | undefined> {
  if (way !== undefined) await stage.purge(way, content).result;
  stage.press();
  const hold = await stage.hold(content, 'head');
  const reader = stage.read('reader A', content);
  if (await hold.reached(reader)) return { reader, release: hold.release };
  await reader.result;
  return undefined;
}
