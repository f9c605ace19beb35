/** A cache as its target file says: read and purged by HTTP. */

import { contentKey } from '../../services/protocol/content.ts';
import { TARGET_ALL } from '../../services/protocol/invalidation.ts';
import { filled, filledRequest, type PurgeRequest, type PurgeWay } from '../../services/protocol/purge-ways.ts';
import { type Answered, type Asked, type Asker, NoAnswer } from '../../services/runtime/asker.ts';
import { readOfText } from '../targets/read-answer.ts';
import type { Target } from '../targets/target.ts';
import type { Teller } from '../worlds/peers/teller.ts';
import type { PurgeAnswer, RacedCache, RacedContent, Way } from './raced-cache.ts';

export interface TargetCacheOptions {
  readonly target: Target;
  readonly url: string;
  readonly asker: Pick<Asker, 'ask'>;
  /** Whoever purges it, where the target file says so. */
  readonly teller?: Pick<Teller, 'tell'> | undefined;
  readonly ended: () => string | undefined;
  readonly close: () => Promise<void>;
}

/** Above every hold of a race. */
const READ_MS_MAX = 8_000;
/** Above the longest fetch: a purge may wait for one. */
export const PURGE_MS_MAX = 8_000;

export function targetCache({ target, url, asker, teller, ended, close }: TargetCacheOptions): RacedCache {
  const send = (path: string, more: Omit<Asked, 'url'>): Promise<Answered> => asker.ask({ url: `${url}${path}`, ...more });
  return {
    ways: target.tell === undefined ? target.purges : target.tell.types.map((type) => ({ mode: 'hard', type })),
    read: async (id) => readOfText(await send(filled(target.read.path, { id: String(id) }), { deadlineMs: READ_MS_MAX }), target),
    purge: (way, content) => teller?.tell(toldOf(way, content)) ?? purge(target, way, content, send),
    ended,
    close,
  };
}

async function purge(
  { purges, ok }: Pick<Target, 'purges' | 'ok'>,
  way: Way,
  content: RacedContent,
  send: (path: string, more: Omit<Asked, 'url'>) => Promise<Answered>,
): Promise<PurgeAnswer> {
  const declared = purges.find(({ mode, type }) => mode === way.mode && type === way.type);
  if (declared === undefined) throw new NoAnswer(`no purge ${way.mode} ${way.type} is declared`);
  const { method, path, headers } = requestOf(declared, content);
  const { status } = await send(path, { method, headers, deadlineMs: PURGE_MS_MAX });
  const named = Object.entries(headers).map(([name, value]) => ` ${name}: ${value}`);
  return { isTaken: ok.includes(status), text: `${method} ${path}${named.join(',')}: ${status}` };
}

/** As the log would say it. */
function toldOf({ mode, type }: Way, { id, tags }: RacedContent): Parameters<Teller['tell']>[0] {
  const key = contentKey(id);
  return { mode, type, target: { key, tag: tags[0] ?? '', pattern: `${key}*`, all: TARGET_ALL }[type] };
}

/** The pattern is of the content and of all whose id begins as its own, as a regular expression. */
function requestOf({ request }: PurgeWay, { id, tags }: RacedContent): PurgeRequest {
  return filledRequest(request, { id: String(id), tag: tags[0] ?? '', pattern: `${id}[0-9]*` });
}
