/**
 * The first thousands of reads of a process take several times as long as those after them, for its code is not
 * compiled yet: at 10,000 a second they would all be late. So before a plan begins it sends another one to a server of
 * its own, which answers as an edge does.
 */

import { type AddressInfo, createServer } from 'node:net';
import type { Clock } from '../../../services/runtime/clock.ts';
import type { Workload } from '../../scenarios/scenario.ts';
import { LeanTransport } from '../../system/lean-transport.ts';
import type { GeneratedRead } from './messages.ts';
import { Reads } from './reads.ts';

const REGION = 'warm-up';
const WORKLOAD: Workload = { duration: 800, reads: 10_000, writes: 1, keys: 1, skew: 0, creates: 0, deletes: 0, purges: 0 };

const BODY = JSON.stringify({
  success: true,
  data: {
    id: 1,
    slug: 'lab-0',
    title: 'lab-0',
    body: 'written as operation 1',
    metadata: {},
    tags: ['lab', 'lab-tag-0'],
    version: 1,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
  },
  source: 'cache',
  status: 'fresh',
  region: 'warm-up',
  latency_ms: 0.1,
  cached_at: '2026-01-01T00:00:00.000Z',
});
const ANSWER = [
  'HTTP/1.1 200 OK',
  'cache-status: edgesync-warm-up; hit; ttl=3599',
  'cache-control: public, max-age=0',
  'age: 0',
  'etag: W/"1"',
  'content-type: application/json; charset=utf-8',
  `content-length: ${BODY.length}`,
  'connection: keep-alive',
  '',
  BODY,
].join('\r\n');

/** Resolves with how each of its reads ended. */
export async function warmUp(clock: Clock): Promise<readonly GeneratedRead[]> {
  // A read is one piece on loopback, and has one answer.
  const server = createServer((socket) => void socket.on('data', () => socket.write(ANSWER)).on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const transport = new LeanTransport(clock);
  const order = { workload: WORKLOAD, regions: [REGION], seed: 1, edges: [{ region: REGION, url }], ids: [[0, 1] as const], startedAt: 0 };
  const reads: GeneratedRead[] = [];
  const onRead = (read: GeneratedRead) => void reads.push(read);
  try {
    await new Reads({ order, clock, transport, onRead }).run(clock.monotonicMs(), new AbortController().signal);
    return reads;
  } finally {
    await transport.close();
    server.close();
  }
}
