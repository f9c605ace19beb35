/** What the set-ups of tests provide. Servers and cluster are undefined where there is no engine: such tests skip. */
import 'vitest';

export interface TestServers {
  readonly redisUrl: string;
  readonly redisContainer: string;
  readonly kafkaBrokers: string;
  readonly kafkaContainer: string;
  readonly postgresUrl: string;
  readonly postgresContainer: string;
}

/** The cluster that the tests of worlds share: brought up by the first, removed in the end. */
export interface TestCluster {
  readonly project: string;
  /** In place of XDG_STATE_HOME. */
  readonly state: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the program's bundle. */
    bundle: string;
    servers: TestServers | undefined;
    cluster: TestCluster | undefined;
  }
}
