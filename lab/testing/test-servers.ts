/**
 * The real servers of the cluster tests of services: one Redis, one Kafka, one Postgres, each a container of the image
 * that compose.yaml pins, published on a free port of 127.0.0.1 that outlasts a restart.
 */
import { systemClock as clock } from '../../services/runtime/clock.ts';
import { systemRandom as random } from '../../services/runtime/random.ts';
import { createReleasers } from '../../services/runtime/releasers.ts';
import type { TestServers } from '../../vitest-context.d.ts';
import type { ComposeFile, Environment } from '../topology/compose-file.ts';
import { type ContainerSpec, toSpec } from '../worlds/docker/container-spec.ts';
import type { Engine } from '../worlds/docker/engine.ts';
import { takeFreePorts } from '../worlds/docker/free-ports.ts';
import { untilReady } from '../worlds/docker/health.ts';
import { LABELS } from '../worlds/docker/labels.ts';

export interface StartedServers extends TestServers {
  close(): Promise<void>;
}

const READY_MS_MAX = 120_000;
const PORTS = { redis: 6379, kafka: 9092, postgres: 5432 } as const;
/** The health check of compose.yaml asks this port. */
const KAFKA_INTERNAL_PORT = 29092;

export async function startServers(engine: Engine, compose: ComposeFile, run: string): Promise<StartedServers> {
  const [redisPort = 0, kafkaPort = 0, postgresPort = 0] = await takeFreePorts(3, random);
  const releasers = createReleasers();
  const start = async (service: string, change: Partial<ContainerSpec>) => {
    const spec = toSpec({ compose, project: run, service, environment: {} });
    const name = `${run}-server-${service.split('-', 1)[0]}`;
    const labels = { [LABELS.ours]: run };
    const id = await engine.createContainer({ ...spec, networks: [], labels, name, ...change }, new Map());
    releasers.push(() => engine.removeContainer(id));
    await engine.start(id);
    await untilReady({ engine, clock, id, service: name }, READY_MS_MAX);
    return name;
  };
  const published = (hostPort: number, containerPort: number) => ({ ports: [{ hostPort, containerPort }] });
  const started = await Promise.allSettled([
    start('redis-us-east', published(redisPort, PORTS.redis)),
    start('kafka', { ...published(kafkaPort, PORTS.kafka), environment: kafkaEnvironment(compose, kafkaPort) }),
    start('postgres', published(postgresPort, PORTS.postgres)),
  ]);
  const failed = started.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await releasers.release();
    throw failed.reason;
  }
  const [redisContainer = '', kafkaContainer = '', postgresContainer = ''] = started.map((one) =>
    one.status === 'fulfilled' ? one.value : '',
  );
  const { POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: database } = compose.services['postgres']?.environment ?? {};
  return {
    redisUrl: `redis://127.0.0.1:${redisPort}`,
    redisContainer,
    kafkaBrokers: `127.0.0.1:${kafkaPort}`,
    kafkaContainer,
    postgresUrl: `postgresql://${user}:${password}@127.0.0.1:${postgresPort}/${database}`,
    postgresContainer,
    close: () => releasers.release(),
  };
}

/** One listener for the tests, advertised as they reach it, instead of one for each client of the cluster. */
function kafkaEnvironment({ services }: ComposeFile, port: number): Environment {
  return {
    ...services['kafka']?.environment,
    KAFKA_LISTENERS: `CONTROLLER://:9093,INTERNAL://:${KAFKA_INTERNAL_PORT},TEST://:${PORTS.kafka}`,
    KAFKA_ADVERTISED_LISTENERS: `INTERNAL://localhost:${KAFKA_INTERNAL_PORT},TEST://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,TEST:PLAINTEXT',
  };
}
