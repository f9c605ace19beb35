/**
 * How an upstream in another process is told to hold answers back. Whoever holds one may be gone before it lets go: a
 * hold ends by itself after a minute, so that no cache waits for ever.
 */
import { ServiceError } from '../protocol/errors.ts';
import { fetchesQuery, type HeldAnswer, newHold, newPathSettings, type UpstreamFetch } from '../protocol/upstream-api.ts';
import { checkToken } from '../runtime/admin-token.ts';
import type { Clock, Timer } from '../runtime/clock.ts';
import { parseInput } from '../runtime/http.ts';
import type { HttpAnswer, HttpRequest, Route } from '../runtime/route.ts';
import type { Hold } from './fetches.ts';
import type { Upstream } from './upstream.ts';

export interface UpstreamAdminOptions {
  readonly upstream: Pick<Upstream, 'hold' | 'set' | 'fetchesOf'>;
  readonly clock: Clock;
  /** Empty: the routes answer 403, always. */
  readonly adminToken: string;
}

const HOLD_MS_MAX = 60_000;
/** Above what any race holds at once. */
const HOLDS_MAX = 100;

interface KeptHold {
  readonly told: Pick<HeldAnswer['data'], 'id' | 'path' | 'at'>;
  readonly hold: Hold;
  readonly timer: Timer;
  fetch: UpstreamFetch | null;
}

export function upstreamAdminRoutes({ upstream, clock, adminToken }: UpstreamAdminOptions): readonly Route[] {
  const admit = (header: HttpRequest['header']) => checkToken(adminToken, header('authorization'));
  const holds = new Map<number, KeptHold>();
  let last = 0;
  const release = (id: number) => {
    const kept = keptOf(holds, String(id));
    holds.delete(id);
    kept.timer.cancel();
    kept.hold.release();
    return kept;
  };
  return [
    {
      method: 'POST',
      path: '/admin/holds',
      admit,
      takes: ['body'],
      handle: ({ body }) => {
        const { path, at } = parseInput(newHold, body);
        if (holds.size >= HOLDS_MAX) throw new ServiceError('invalid_field', `expected at most ${HOLDS_MAX} holds at once, got one more`);
        last += 1;
        const id = last;
        const hold = upstream.hold(path, at);
        const kept: KeptHold = { told: { id, path, at }, hold, timer: clock.setTimer(HOLD_MS_MAX, () => release(id)), fetch: null };
        void hold.reached.then((fetch) => {
          kept.fetch = fetch;
        });
        holds.set(id, kept);
        return { ...answerOf(kept), status: 201 };
      },
    },
    { method: 'GET', path: '/admin/holds/:id', admit, handle: ({ params }) => answerOf(keptOf(holds, params['id'])) },
    { method: 'DELETE', path: '/admin/holds/:id', admit, handle: ({ params }) => answerOf(release(keptOf(holds, params['id']).told.id)) },
    {
      method: 'GET',
      path: '/admin/fetches',
      admit,
      handle: ({ query }) => {
        const { path } = parseInput(fetchesQuery, query, 'query');
        return { status: 200, body: { success: true, data: upstream.fetchesOf(path) } };
      },
    },
    {
      method: 'PUT',
      path: '/admin/paths',
      admit,
      takes: ['body'],
      handle: ({ body }) => {
        const { path, lifetimeMs, untagged304 } = parseInput(newPathSettings, body);
        upstream.set(path, { ...(lifetimeMs === undefined ? {} : { lifetimeMs }), ...(untagged304 === undefined ? {} : { untagged304 }) });
        return { status: 200, body: { success: true } };
      },
    },
  ];
}

/** Throws `not_found` for one that was let go, or never was. */
function keptOf(holds: ReadonlyMap<number, KeptHold>, id = ''): KeptHold {
  const kept = holds.get(Number(id));
  if (kept === undefined) throw new ServiceError('not_found', `expected a hold, got ${JSON.stringify(id)}: it was let go, or never was`);
  return kept;
}

function answerOf({ told, fetch }: KeptHold): HttpAnswer {
  return { status: 200, body: { success: true, data: { ...told, fetch } } satisfies HeldAnswer };
}
