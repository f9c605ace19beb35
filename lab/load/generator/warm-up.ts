/**
 * The first thousands of reads of a process take several times as long as those after them, for its code is not compiled yet: at 10,000 a
 * second they would all be late. So it reads from a server of its own before a plan begins, which answers as an edge does.
 */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { EdgeUnderTest } from '../../system/edges/edge.ts';
import { openEdge } from '../../system/edges/edges.ts';
import type { Transport } from '../../system/transport.ts';
import { keptOf } from '../operations.ts';

const READS = 6_000;
const AT_ONCE = 20;

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

/** Over the transport that the plan is going to use, or one like it; whoever opened it closes it. */
export async function warmUp(transport: Transport): Promise<void> {
  // A read is one piece on loopback, and has one answer.
  const server = createServer((socket) => void socket.on('data', () => socket.write(ANSWER)).on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const edge: EdgeUnderTest = openEdge({ region: 'warm-up', url }, { transport, adminToken: undefined });
  let left = READS;
  const readOn = async () => {
    for (; left > 0; left -= 1) keptOf(await edge.read(1));
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, readOn));
  } finally {
    server.close();
  }
}
