/**
 * kafkajs (2.2.4), owned by this file and `request-queue.ts`: a client with every option set that must not be left to a
 * default, whose sockets can be watched and cut.
 *
 * A client is used for one consumer, producer or admin and thrown away with it: kafkajs repairs itself in many cases,
 * but not in all, and a new client is right in every case.
 */
import { connect, type Socket } from 'node:net';
import kafkajs, { type Admin, type Consumer, type ISocketFactory, type Kafka, type LogEntry, type Producer } from 'kafkajs';
import type { Logger } from '../../runtime/log.ts';
import { quietenRequestQueues } from './request-queue.ts';

export type { Admin, Consumer, EachBatchPayload, Producer } from 'kafkajs';

export interface KafkaOptions {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
}

const CONNECTION_MS_MAX = 1_000;
const REQUEST_MS_MAX = 3_000;
const RETRY = { initialRetryTime: 100, multiplier: 2, maxRetryTime: 1_000, retries: 4, factor: 0.2 } as const;
const KEEP_ALIVE_MS = 10_000;

/** The least a broker takes unless it is told otherwise. A killed edge keeps its partitions for so long. */
export const SESSION_MS = 6_000;
const REBALANCE_MS_MAX = 6_000;
const HEARTBEAT_MS = 1_000;
/** A seek takes effect when the fetch under way has come back: at the latest after this. */
const FETCH_WAIT_MS_MAX = 250;
const METADATA_AGE_MS_MAX = 30_000;

export class KafkaClient {
  readonly #sockets = new Set<Socket>();
  readonly #kafka: Kafka;
  #destroyed = false;
  /** An established connection has ended, and not by `destroy`. */
  onConnectionLost: () => void = () => {};

  constructor({ brokers, clientId, logger }: KafkaOptions) {
    quietenRequestQueues();
    this.#kafka = new kafkajs.Kafka({
      brokers: [...brokers],
      clientId,
      connectionTimeout: CONNECTION_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      enforceRequestTimeout: true,
      // Stated in full: kafkajs takes other defaults when NODE_ENV is `test`.
      retry: { ...RETRY },
      socketFactory: this.#openSocket,
      logLevel: kafkajs.logLevel.INFO,
      logCreator: () => {
        const log = loggingTo(logger);
        return (entry) => void (this.#destroyed || log(entry));
      },
    });
  }

  consumer(groupId: string): Consumer {
    return this.#kafka.consumer({
      groupId,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: REBALANCE_MS_MAX,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS_MAX,
      metadataMaxAge: METADATA_AGE_MS_MAX,
      allowAutoTopicCreation: false,
      // As the admin counts offsets, who cannot be told otherwise: an end below what was read would look like another
      // log.
      readUncommitted: false,
      // Whatever it crashed of, it is not started again but replaced.
      retry: { ...RETRY, restartOnFailure: async () => false },
    });
  }

  producer(): Producer {
    return this.#kafka.producer({
      // murmur2 of the key, as every Java client does: part of the contract, a key must never change its partition.
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      idempotent: false,
      maxInFlightRequests: 1,
      metadataMaxAge: METADATA_AGE_MS_MAX,
      allowAutoTopicCreation: false,
      retry: { ...RETRY },
    });
  }

  admin(): Admin {
    return this.#kafka.admin({ retry: { ...RETRY } });
  }

  /** Cuts every connection, so that nothing of kafkajs waits any longer. */
  destroy(): void {
    this.#destroyed = true;
    // With an error: kafkajs does not listen to `close`.
    for (const socket of this.#sockets) socket.destroy(new Error('the client was thrown away'));
  }

  readonly #openSocket: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect);
    let wasConnected = false;
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on('connect', () => {
      wasConnected = true;
    });
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (wasConnected && !this.#destroyed) this.onConnectionLost();
    });
    if (this.#destroyed) socket.destroy(new Error('the client was thrown away'));
    return socket;
  };
}

/** What kafkajs calls an error or a warning is a warning here, all else is for debugging. */
function loggingTo(logger: Logger): (entry: LogEntry) => void {
  return ({ namespace, level, log: { message, error } }) => {
    const fields = { kafkajs: namespace, ...(error === undefined ? {} : { error: String(error) }) };
    if (level <= kafkajs.logLevel.WARN) logger.warn(fields, message);
    else logger.debug(fields, message);
  };
}
