/** A live target as a raced cache: read and purged through the rails, and nowhere else. */
import { InvalidInput } from '../errors.ts';
import type { RailedAsker, Rails } from '../rails/rails.ts';
import { isWide } from '../rails/wide.ts';
import type { TargetRead } from '../targets/read-answer.ts';
import type { LiveTarget } from '../targets/target.ts';
import type { UpstreamControl } from '../targets/upstream-control.ts';
import type { RacedCache, Sending, Way } from './raced-cache.ts';
import type { StageOrigin } from './stage-options.ts';
import { targetCache } from './target-cache.ts';

export interface LiveCacheOptions {
  readonly target: LiveTarget;
  readonly rails: Rails;
  readonly asker: RailedAsker;
  readonly upstream: Pick<UpstreamControl, 'run'>;
  /** Of the purges that it declares, those that are raced: the rails let no other through. */
  readonly takes: (way: Way) => boolean;
}

const FOUND = 200;

/**
 * The place at which our upstream must listen. Throws InvalidInput for a cache with an origin of the user's own behind
 * it.
 */
export function placeOf({ name, live }: LiveTarget): { readonly host: string; readonly port: number } {
  if (live.upstream !== undefined) return live.upstream;
  throw new InvalidInput(
    `${name}: races hold back answers of the lab's upstream, but live.origin is an origin of your own; use run, or set live.upstream for races`,
  );
}

export function backendOf(target: LiveTarget): string {
  const { host, port } = placeOf(target);
  return `${host}:${port}`;
}

export function liveCache({ target, rails, asker, upstream, takes }: LiveCacheOptions): RacedCache {
  const { live } = target;
  const strangers = strangersAmong(upstream.run);
  const purges = target.purges.filter(takes);
  const cache = targetCache({
    target: { ...target, purges },
    url: live.url.text,
    ...(live['purge-url'] === undefined ? {} : { purgeUrl: live['purge-url'].text }),
    asker,
    backend: backendOf(target),
    ended: strangers.ended,
    close: async () => {},
  });
  const wide = new Set(purges.filter(isWide).map(({ mode, type }) => `${mode} ${type}`));
  return {
    ...cache,
    perSecondMax: asker.perSecond,
    isNarrow: ({ mode, type }) => !rails.allowsWidePurge && !wide.has(`${mode} ${type}`),
    read: async (id: number, sending: Sending) => strangers.seen(await cache.read(id, sending)),
  };
}

/** The origin of the run, whose contents alone the rails let through. */
export function railedOrigin(origin: StageOrigin, asker: RailedAsker): StageOrigin {
  return {
    create: async (draft) => {
      const content = await origin.create(draft);
      asker.made({ id: content.id, slug: draft.slug, tags: draft.tags });
      return content;
    },
    update: (id, change) => origin.update(id, change),
    originVersion: (id) => origin.originVersion(id),
  };
}

/** Of a cache that passes our stamps on, a content without one is somebody else's. */
function strangersAmong(run: string) {
  let passesStamps = false;
  let ended: string | undefined;
  return {
    ended: () => ended,
    seen: (read: TargetRead): TargetRead => {
      if (read.run === run) passesStamps = true;
      else if (passesStamps && read.status === FOUND)
        ended ??= "an answer came without the stamp of the lab's upstream: the cache also asks another server";
      return read;
    },
  };
}
