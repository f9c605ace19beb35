import { expect, it } from 'vitest';
import { silentLogger } from '../../../services/runtime/log.ts';
import type { HttpAnswer } from '../../../services/runtime/route.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import type { RawAnswer } from '../../system/transport.ts';
import { DirectTransport } from './direct-transport.ts';
import { Network } from './network.ts';

async function askedOf(answer: HttpAnswer): Promise<RawAnswer> {
  const clock = new VirtualClock();
  const network = new Network(() => {});
  const routes = [{ method: 'GET', path: '/', handle: () => answer }] as const;
  const { port } = await network.listen({ routes, port: 0, allowedHosts: [], log: silentLogger });
  const transport = new DirectTransport({ network, clock, drawLatencyMs: () => 1, portOf: () => port });
  return clock.runUntil(transport.call({ method: 'GET', base: '', path: '/' }));
}

it('answers with the headers of the service as they are, without a copy', async () => {
  const headers = { 'x-cache': 'HIT' };
  const answer = await askedOf({ status: 200, headers, body: 1 });
  expect(answer).toEqual({ status: 200, headers, body: 1 });
  expect(answer.headers).toBe(headers);
});

it('answers with no headers where the service gives none', async () => {
  expect(await askedOf({ status: 200, body: 1 })).toEqual({ status: 200, headers: {}, body: 1 });
});
