/** Clusters with caches of others: as asked for or not, serving or not. The caches are servers of a few lines. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RUN_HEADER } from '../../../services/protocol/upstream-api.ts';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { naiveTarget } from '../../targets/testing/naive.ts';
import { targetEnvironments } from '../../topology/target-services.ts';
import type { Topology } from '../../topology/topology.ts';
import { madeOf } from './container-spec.ts';
import type { ContainerFacts } from './engine-facts.ts';
import { refuseOtherwiseMade, untilTargetsServe } from './target-checks.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const target = naiveTarget([]);
const REGION = { region: 'eu-west', service: 'edge-eu-west', port: 0, environment: { PROPAGATION_DELAY: '300' }, target };
const COMPOSE = {
  file: 'mine.yaml',
  services: { 'edge-eu-west': { image: 'varnish:7', configs: [{ source: 'vcl', target: '/vcl' }] } },
  configs: { vcl: { content: 'one' } },
};
const TOPOLOGY = { project: 'mine', compose: COMPOSE, regions: [REGION] } as unknown as Topology;
const WAITING = { clock, refuseEnded: async () => {} };

function containers(change: Readonly<Record<string, string>> = {}): ReadonlyMap<string, ContainerFacts> {
  const around = Object.entries(targetEnvironments('eu-west', target, {}));
  return new Map(
    around.map(([service, environment]) => {
      const changed = Object.entries({ ...environment, ...change }).filter(([key]) => key in environment);
      return [service, { environment: new Map(changed) } as unknown as ContainerFacts];
    }),
  );
}

describe('a cluster that runs', () => {
  it('is taken as it is where it was made for the same cache, whatever its delay is now', () => {
    expect(() => refuseOtherwiseMade(TOPOLOGY, new Map())).not.toThrow();
    expect(() => refuseOtherwiseMade(TOPOLOGY, containers())).not.toThrow();
  });

  it.each([
    ['DELIVER', 'once'],
    ['LIFETIME', '7'],
    ['TAGS_OF_304', 'left-out'],
    ['PURGES', '{}'],
  ])('is refused where it was made with another %s, and says how it is removed', (key, value) => {
    const said = `was made with ${key}=${value}, expected `;
    expect(() => refuseOtherwiseMade(TOPOLOGY, containers({ [key]: value }))).toThrow(said);
    expect(() => refuseOtherwiseMade(TOPOLOGY, containers({ [key]: value }))).toThrow('edgesync-lab down --project mine');
  });
});

describe('a cluster of our own edges', () => {
  const edge = { region: 'us-east', service: 'edge-us-east', port: 0 };
  const asking = (environment: Readonly<Record<string, string>>) =>
    ({ ...TOPOLOGY, regions: [{ ...edge, environment }] }) as unknown as Topology;
  const made = (environment: Readonly<Record<string, string>>) =>
    new Map([['edge-us-east', { environment: new Map(Object.entries(environment)) } as unknown as ContainerFacts]]);

  it('is refused where a scenario asks for a circuit breaker and its edges were made without, and says how they get one', () => {
    const refused = () => refuseOtherwiseMade(asking({ CIRCUIT_BREAKER: 'on' }), made({ CIRCUIT_BREAKER: 'off' }));
    expect(refused).toThrow('edge-us-east of the project mine was made without CIRCUIT_BREAKER=on');
    expect(refused).toThrow('CIRCUIT_BREAKER=on edgesync-lab up --project mine');
    expect(() => refuseOtherwiseMade(asking({ CIRCUIT_BREAKER: 'on' }), made({}))).toThrow('made without');
  });

  it('is taken as it is where it has one, or none is asked for, or it is not there', () => {
    expect(() => refuseOtherwiseMade(asking({ CIRCUIT_BREAKER: 'on' }), made({ CIRCUIT_BREAKER: 'on' }))).not.toThrow();
    expect(() => refuseOtherwiseMade(asking({ CIRCUIT_BREAKER: 'off' }), made({ CIRCUIT_BREAKER: 'on' }))).not.toThrow();
    expect(() => refuseOtherwiseMade(asking({}), made({}))).not.toThrow();
    expect(() => refuseOtherwiseMade(asking({ CIRCUIT_BREAKER: 'on' }), new Map())).not.toThrow();
  });
});

async function regionOf(answer: (response: ServerResponse, asked: number) => void) {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    answer(response, asked);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const region = { region: 'eu-west', url, delayMs: 0, strategy: 'eager', target: { ...target, purgerUrl: '' } } as const;
  return { region, asked: () => asked };
}

describe('a cache in a container', () => {
  it('that was made of other files is refused on a cluster that runs', () => {
    const edge = (content: string) => {
      const compose = { ...COMPOSE, configs: { vcl: { content } } } as unknown as Topology['compose'];
      return new Map([['edge-eu-west', { madeOf: madeOf(compose, 'edge-eu-west') } as unknown as ContainerFacts]]);
    };
    expect(() => refuseOtherwiseMade(TOPOLOGY, edge('one'))).not.toThrow();
    expect(() => refuseOtherwiseMade(TOPOLOGY, edge('two'))).toThrow(
      'edge-eu-west of the project mine was made of another image, command or file',
    );
  });

  it('that has ended is not waited for', async () => {
    const { region } = await regionOf((response) => response.writeHead(503).end());
    const refuseEnded = () => Promise.reject(new Error('VCL compilation failed'));
    await expect(untilTargetsServe([region], { ...WAITING, refuseEnded })).rejects.toThrow('VCL compilation failed');
  });

  it('is waited for until it answers what our upstream gave it', async () => {
    const { region, asked } = await regionOf((response, times) =>
      response.writeHead(times < 3 ? 503 : 404, times < 3 ? {} : { [RUN_HEADER]: '7' }).end('{}'),
    );
    await untilTargetsServe([region], WAITING);
    expect(asked()).toBe(3);
  });

  it('that answers what is not of our upstream is refused', async () => {
    const { region } = await regionOf((response) => response.writeHead(200).end('{}'));
    await expect(untilTargetsServe([region], WAITING)).rejects.toThrow('edge-eu-west: naive answers 200 without the stamp of its upstream');
  });

  it('is waited for no longer than somebody wants it', async () => {
    const stop = new AbortController();
    const { region } = await regionOf((response, times) => {
      if (times === 2) stop.abort(new Error('not wanted'));
      response.writeHead(503).end();
    });
    await expect(untilTargetsServe([region], { ...WAITING, signal: stop.signal })).rejects.toThrow('not wanted');
  });
});
