/** What the engine is asked for, of what compose.yaml says. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readComposeFile } from '../../topology/compose-file.ts';
import { plainServices, startedServices, toSpec } from './container-spec.ts';
import { toCreateOptions } from './engine-options.ts';
import { tarOf } from './tar.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
const compose = await readComposeFile(COMPOSE, {});

function specOf(service: string) {
  return toSpec({ compose, project: 'p', service, environment: {} });
}

it('starts what belongs to a profile only when that is on, and nothing else then', () => {
  const plain = plainServices(compose);
  expect(plain).not.toContain('kafka-ui');
  expect(plain).not.toContain('published-redis');
  const beside = (...on: string[]) => startedServices(compose, on).filter((service) => !plain.includes(service));
  expect([beside(), beside('tools'), beside('redis-ports'), beside('redis-ports', 'tools')]).toEqual([
    [],
    ['kafka-ui'],
    ['published-redis'],
    ['kafka-ui', 'published-redis'],
  ]);
});

it('publishes no cache without its profile, and every port on loopback', () => {
  const published = (services: readonly string[]) => services.flatMap((service) => specOf(service).ports.map(({ hostPort }) => hostPort));
  expect(published(plainServices(compose)).sort()).toEqual([4000, 5001, 5002, 5003, 8474]);
  expect(published(['published-redis'])).toEqual([6379, 6380, 6381]);
});

it('puts files in with their mode: one to run can be run', () => {
  const [file] = specOf('kafka').files;
  expect(file).toMatchObject({ path: '/usr/local/bin/kafka-topics', mode: 0o555 });
  // One dollar: what Compose makes of two.
  expect(file?.content).toMatch(/^#!\/bin\/sh\nexec java [^$]*"\$@"\n$/);
  const [links] = specOf('links').files;
  const modes = [file, links].map((one) => one && tarOf(one).toString('ascii', 100, 107));
  expect(modes).toEqual(['0000555', '0000444']);
});

it('bounds what the engine keeps of the log of an edge, and leaves that of others to the engine', () => {
  const logOf = (service: string) => toCreateOptions(specOf(service), new Map()).HostConfig?.LogConfig;
  expect(logOf('edge-eu-west')).toEqual({ Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } });
  expect(logOf('postgres')).toBeUndefined();
});
