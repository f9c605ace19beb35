/** What the embedded world gives its services: real time, real HTTP on loopback, Postgres in WebAssembly. */
import { HttpOriginClient } from '../../../services/edge/origin-client.ts';
import { MemoryLog } from '../../../services/log/memory.ts';
import { PgliteDatabase } from '../../../services/origin/database/pglite.ts';
import { INVALIDATION_PARTITIONS } from '../../../services/protocol/invalidation.ts';
import { systemClock } from '../../../services/runtime/clock.ts';
import { serveHttp } from '../../../services/runtime/http.ts';
import type { LatenessMeter } from '../../../services/runtime/lateness.ts';
import { createLogger } from '../../../services/runtime/log.ts';
import { systemRandom } from '../../../services/runtime/random.ts';
import { mutantNamed } from '../../mutants/mutants.ts';
import type { Hosting } from '../hosted/hosting.ts';
import { toPortError } from './ports.ts';

export interface EmbeddedHostingOptions {
  /** An empty Postgres cluster; made anew where the file is missing. */
  readonly dumpFile: string;
  /** A known bug to run with, by its name. */
  readonly mutant?: string | undefined;
  /** Services by the port each is to listen on: to name it where it cannot. */
  readonly services: ReadonlyMap<number, string>;
  /** Of the process that the services run in. */
  readonly lateness?: LatenessMeter | undefined;
  /** Hears when something of the world has ended by itself. Left out: nobody does. */
  readonly onLost?: (why: string) => void;
  /** Aborted when it is to be closed. Left out: it comes to the end of its start. */
  readonly stopping?: AbortSignal;
  /** The environment of programs of others. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

export function embeddedHosting({
  dumpFile,
  mutant,
  services,
  lateness,
  onLost = () => {},
  stopping,
  variables = {},
}: EmbeddedHostingOptions): Hosting {
  return {
    clock: systemClock,
    random: systemRandom,
    openDatabase: () => PgliteDatabase.open({ dumpFile }),
    openLog: () => {
      const server = new MemoryLog({ clock: systemClock, partitions: INVALIDATION_PARTITIONS });
      return { log: server, server };
    },
    createLogger,
    serve: (options) =>
      serveHttp(options).catch(async (error: unknown) => {
        throw await toPortError(error, { port: options.port, service: services.get(options.port) ?? 'a service' });
      }),
    baseUrlOf: (port) => `http://127.0.0.1:${port}`,
    createOriginClient: (baseUrl) => new HttpOriginClient(baseUrl),
    lateness,
    onLost,
    ...(stopping === undefined ? {} : { stopping }),
    variables,
    mutant: mutant === undefined ? undefined : mutantNamed(mutant),
  };
}
