/**
 * How the lab's own requests travel to the services of a world, past every link a fault could sit on: over HTTP, or by
 * a call in simulation.
 */

/** The service refused or did not answer. `definite`: the request certainly had no effect. */
export class CallFailed extends Error {
  readonly definite: boolean;

  constructor(message: string, definite: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CallFailed';
    this.definite = definite;
  }
}

/** For whoever asks again: a service that did not answer has not been asked. Anything else is thrown on. */
export function undefinedWhenUnanswered(error: unknown): undefined {
  if (!(error instanceof CallFailed)) throw error;
}

export interface Call {
  readonly token?: string;
  /** Ends the call before its deadline. */
  readonly signal?: AbortSignal | undefined;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Of the service, with no path. */
  readonly base: string;
  /** With its query. */
  readonly path: string;
  readonly body?: unknown;
}

/** By their names, in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface RawAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: unknown;
}

/** Carries calls to the services of a world. */
export interface Transport {
  /** Answers come from this very program, as its own types say: they need not be parsed. */
  readonly isTrusted?: boolean;
  /** Throws CallFailed, with the cause in words, when there is no answer within CALL_DEADLINE_MS. */
  call(call: Call): Promise<RawAnswer>;
  close(): Promise<void>;
}

/**
 * An idle connection is closed after so long, whatever a server says: well before a cache does (Varnish and Node after
 * 5 s), or a machine that stood still for a second would send a read on a connection that is just being closed.
 */
export const IDLE_MS_MAX = 1_500;
export const CALL_DEADLINE_MS = 5_000;
