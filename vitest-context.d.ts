/** What the set-up of the cluster tests provides. Undefined where there is no engine: such tests skip. */
import 'vitest';

export interface TestServers {
  readonly redisUrl: string;
  readonly redisContainer: string;
  readonly kafkaBrokers: string;
  readonly kafkaContainer: string;
  readonly postgresUrl: string;
  readonly postgresContainer: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: TestServers | undefined;
  }
}
