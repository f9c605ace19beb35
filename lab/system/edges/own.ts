/**
 * The edge of this repository (`services/edge`): it labels its answers itself, and tells all there is to know of it.
 */
import {
  edgeConfigAnswer,
  edgeEntriesAnswer,
  edgeHealth,
  edgeMetrics,
  edgeMissingAnswer,
  edgeReadAnswer,
  FETCH_DEADLINE_MS,
} from '../../../services/protocol/edge-api.ts';
import { bodyOf, Requests } from '../requests.ts';
import type { EdgeCapabilities, EdgeKind, EdgeRead } from './edge.ts';

/** In Cache-Status (RFC 9211). */
const BYPASSED = 'fwd=bypass';

export const ownEdge: EdgeKind = {
  about: 'the edge of this repository, over its cache in Redis',
  // An edge that joins the log asks first how far it reaches. No call across a link has a shorter deadline.
  bounds: { fetchDeadlineMs: FETCH_DEADLINE_MS, joinDeadlineMs: 1_000 },
  open: ({ transport, url, adminToken }) => {
    const requests = new Requests(transport, url);
    return { read: (id, signal) => read(requests, id, signal), can: capabilitiesOf(requests, adminToken) };
  },
};

async function read(requests: Requests, id: number, signal: AbortSignal | undefined): Promise<EdgeRead> {
  const answer = await requests.send({ method: 'GET', path: `/api/content/${id}`, signal });
  const bypassed = answer.headers['cache-status']?.includes(BYPASSED) ? ({ bypassed: true } as const) : undefined;
  if (answer.status === 404) {
    const { version, source, status, cached_at } = requests.parse(edgeMissingAnswer, answer.body);
    return { found: false, version, source, status, cachedAt: Date.parse(cached_at), body: undefined, ...bypassed };
  }
  const { data, source, status, cached_at } = requests.parse(edgeReadAnswer, bodyOf(200, answer));
  return { found: true, version: data.version, source, status, cachedAt: Date.parse(cached_at), body: data.body, ...bypassed };
}

function capabilitiesOf(requests: Requests, adminToken: string | undefined): EdgeCapabilities {
  const admin = adminToken === undefined ? {} : { token: adminToken };
  return {
    metrics: async (signal) => requests.parse(edgeMetrics, await requests.expect(200, { method: 'GET', path: '/metrics', signal })),
    health: async (signal) => requests.parse(edgeHealth, (await requests.send({ method: 'GET', path: '/health', signal })).body),
    settings: settingsBy(requests, adminToken),
    flush: async () => void (await requests.expect(200, { ...admin, method: 'POST', path: '/admin/flush' })),
    entries: async () =>
      requests.parse(edgeEntriesAnswer, await requests.expect(200, { ...admin, method: 'GET', path: '/admin/entries?limit=10000' })).data,
  };
}

/** By the admin routes that an edge and a purger have alike. */
export function settingsBy(requests: Requests, adminToken: string | undefined): NonNullable<EdgeCapabilities['settings']> {
  const admin = adminToken === undefined ? {} : { token: adminToken };
  const path = '/admin/config';
  return {
    read: async () => requests.parse(edgeConfigAnswer, await requests.expect(200, { ...admin, method: 'GET', path })).data,
    change: async (change) => void (await requests.expect(200, { ...admin, method: 'PUT', path, body: change })),
  };
}
