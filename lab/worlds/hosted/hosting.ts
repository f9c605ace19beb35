/** What a world gives the services that it hosts: its kind of time, of chance, of sockets and of stores. */
import type { Latencies } from '../../../services/edge/latencies.ts';
import type { OriginClient } from '../../../services/edge/origin-client.ts';
import type { InvalidationLog } from '../../../services/log/log.ts';
import type { MemoryLog } from '../../../services/log/memory.ts';
import type { Database } from '../../../services/origin/database/database.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import type { HttpServer, HttpServiceOptions } from '../../../services/runtime/http.ts';
import type { LatenessMeter } from '../../../services/runtime/lateness.ts';
import type { Logger, LogLevel } from '../../../services/runtime/log.ts';
import type { Random } from '../../../services/runtime/random.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import type { LinkKind, NodeName } from '../../system/parts.ts';
import { type Skews, skewedClock } from './skewed-clock.ts';

export interface Hosting {
  readonly clock: Clock;
  /** Whose clocks are not that one, and how they differ. */
  readonly skews?: Skews;
  readonly random: Random;
  readonly openDatabase: () => Promise<Database>;
  /** The log that everybody has, and the server behind it. */
  readonly openLog: () => { readonly log: InvalidationLog; readonly server: MemoryLog };
  readonly createLogger: (service: string, level: LogLevel) => Logger;
  readonly serve: (options: HttpServiceOptions & { readonly port: number; readonly host: string }) => Promise<HttpServer>;
  readonly baseUrlOf: (port: number) => string;
  readonly createOriginClient: (baseUrl: string) => OriginClient;
  /** Draws what one direction of a link takes that nothing impairs, in ms. Left out: nothing. */
  readonly latency?: (kind: LinkKind, random: Random) => () => number;
  /** For each life of each edge. Left out: histograms. */
  readonly createLatencies?: () => Latencies;
  /** Of the process that all of them run in. Left out: in virtual time nothing is late. */
  readonly lateness?: LatenessMeter | undefined;
  readonly mutant?: Mutant | undefined;
  /** The environment of programs of others. Left out: there are none. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Aborted when the world is to be closed, also while it starts. Left out: a start comes to its end. */
  readonly stopping?: AbortSignal;
  /** Hears when something of the world has ended by itself. Left out: nothing can. */
  readonly onLost?: (why: string) => void;
}

/** As on the machine that this node would be on. */
export function clockAt(node: NodeName, { clock, skews = {} }: Pick<Hosting, 'clock' | 'skews'>): Clock {
  const skew = skews[node];
  return skew === undefined ? clock : skewedClock(clock, skew);
}
