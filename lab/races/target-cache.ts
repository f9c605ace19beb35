/** A cache as its target file says: read and purged by HTTP. */

import { contentKey } from '../../services/protocol/content.ts';
import { TARGET_ALL } from '../../services/protocol/invalidation.ts';
import { filled, filledRequest, type PurgeRequest, type PurgeWay } from '../../services/protocol/purge-ways.ts';
import { type Answered, type Asker, NoAnswer } from '../../services/runtime/asker.ts';
import { readOfText } from '../targets/read-answer.ts';
import type { Target } from '../targets/target.ts';
import type { Teller } from '../worlds/peers/teller.ts';
import type { PurgeAnswer, RacedCache, RacedContent, Sending, Way } from './raced-cache.ts';

export interface TargetCacheOptions extends Pick<RacedCache, 'backend' | 'ended' | 'close'> {
  readonly target: Target;
  readonly url: string;
  /** Where it is purged. Left out: `url`. */
  readonly purgeUrl?: string;
  readonly asker: Pick<Asker, 'ask'>;
  /** Whoever purges it, where the target file says so. */
  readonly teller?: Pick<Teller, 'tell'> | undefined;
}

/** Above every hold of a race, and of those that the rails make longer by a second. */
const READ_MS_MAX = 10_000;
/** Above the longest fetch: a purge may wait for one. */
export const PURGE_MS_MAX = 10_000;

export function targetCache({ target, url, purgeUrl = url, asker, teller, backend, ended, close }: TargetCacheOptions): RacedCache {
  const read = (id: number, { onSent }: Sending) => asker.ask({ url: `${url}${readPathOf(target, id)}`, deadlineMs: READ_MS_MAX, onSent });
  return {
    ways: target.tell === undefined ? target.purges : target.tell.types.map((type) => ({ mode: 'hard', type })),
    backend,
    read: async (id, sending) => readOfText(await read(id, sending), target),
    purge: (way, content, { onSent }) =>
      teller?.tell(toldOf(way, content)) ??
      purge(target, way, content, ({ path, ...more }) =>
        asker.ask({ url: `${purgeUrl}${path}`, ...more, deadlineMs: PURGE_MS_MAX, onSent }),
      ),
    ended,
    close,
  };
}

async function purge(
  { purges, ok }: Pick<Target, 'purges' | 'ok'>,
  way: Way,
  content: RacedContent,
  send: (request: PurgeRequest) => Promise<Answered>,
): Promise<PurgeAnswer> {
  const declared = purges.find(({ mode, type }) => mode === way.mode && type === way.type);
  if (declared === undefined) throw new NoAnswer(`the cache declares no purge ${way.mode} ${way.type}`);
  const request = requestOf(declared, content);
  const { status } = await send(request);
  const { method, path, headers, body } = request;
  const named = Object.entries(headers).map(([name, value]) => ` ${name}: ${value}`);
  const said = body === undefined ? '' : ` ${body}`;
  return { isTaken: ok.includes(status), text: `${method} ${path}${named.join(',')}${said}: ${status}` };
}

/** As the log would say it. */
function toldOf({ mode, type }: Way, { id, tags }: RacedContent): Parameters<Teller['tell']>[0] {
  const key = contentKey(id);
  return { mode, type, target: { key, tag: tags[0] ?? '', pattern: `${key}*`, all: TARGET_ALL }[type] };
}

export function readPathOf({ read }: Pick<Target, 'read'>, id: number): string {
  return filled(read.path, { id: String(id) });
}

/** The pattern is of the content and of all whose id begins as its own, as a regular expression. */
export function requestOf({ request }: PurgeWay, { id, tags }: RacedContent): PurgeRequest {
  return filledRequest(request, { id: String(id), tag: tags[0] ?? '', pattern: `${id}[0-9]*` });
}
