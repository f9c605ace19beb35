import { expect, it } from 'vitest';
import { Clients } from '../system/clients.ts';
import { type Call, CallFailed, type RawAnswer } from '../system/transport.ts';
import { findServices } from './found-services.ts';

const EDGES = [
  { region: 'us-east', url: 'http://127.0.0.1:5001' },
  { region: 'eu-west', url: 'http://127.0.0.1:5002' },
];
const OK = (body: unknown): RawAnswer => ({ status: 200, headers: {}, body });

/** Trusted, so that an answer need only have what is looked at. */
function clientsOf(answer: (call: Call) => RawAnswer): Clients {
  const transport = { isTrusted: true, call: async (call: Call) => answer(call), close: async () => {} };
  return new Clients(transport, { originUrl: 'http://127.0.0.1:4000', edges: EDGES });
}

function services({ base }: Call): RawAnswer {
  if (base.endsWith(':4000')) return OK({ outbox: { pending: 0 } });
  const region = base.endsWith(':5001') ? 'us-east' : 'eu-west';
  return OK({ region, propagationDelayMs: 70, strategy: 'lazy' });
}

it('finds what answers, as it describes itself', async () => {
  expect(await findServices(EDGES, clientsOf(services))).toEqual([
    { region: 'us-east', url: 'http://127.0.0.1:5001', delayMs: 70, strategy: 'lazy' },
    { region: 'eu-west', url: 'http://127.0.0.1:5002', delayMs: 70, strategy: 'lazy' },
  ]);
});

it.each<readonly [what: string, port: number, answer: () => RawAnswer]>([
  ['no origin', 4000, () => refused()],
  ['somebody else at the port of the origin', 4000, () => ({ status: 404, headers: {}, body: 'a page' })],
  ['no edge', 5002, () => refused()],
  ['the edge of another region', 5002, () => OK({ region: 'mars', propagationDelayMs: 70, strategy: 'lazy' })],
  ['an edge that cannot say what it is', 5001, () => ({ status: 500, headers: {}, body: {} })],
])('finds nothing where there is %s', async (_what, port, answer) => {
  const clients = clientsOf((call) => (call.base.endsWith(`:${port}`) ? answer() : services(call)));
  expect(await findServices(EDGES, clients)).toBeUndefined();
});

function refused(): never {
  throw new CallFailed('no answer', true);
}
