/**
 * The lab's own requests in the simulated world: calls of the services' routes, a moment later, with a deadline in
 * virtual time.
 */
import type { Clock } from '../../../services/runtime/clock.ts';
import { failureInWords } from '../../../services/runtime/request-failure.ts';
import { type AnswerHeaders, CALL_DEADLINE_MS, type Call, CallFailed, type RawAnswer, type Transport } from '../../system/transport.ts';
import { ConnectionFailed, type Network } from './network.ts';
import type { NetworkRequest } from './route-table.ts';

export interface DirectTransportOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** Draws what one direction takes, in ms. */
  readonly drawLatencyMs: () => number;
  readonly portOf: (baseUrl: string) => number;
}

const NO_HEADERS: AnswerHeaders = {};

export class DirectTransport implements Transport {
  readonly isTrusted = true;
  readonly #options: DirectTransportOptions;

  constructor(options: DirectTransportOptions) {
    this.#options = options;
  }

  call(call: Call): Promise<RawAnswer> {
    const { clock, drawLatencyMs, network, portOf } = this.#options;
    const { method, base, path, signal } = call;
    return new Promise((resolve, reject) => {
      const settle = (run: () => void) => {
        overdue.cancel();
        signal?.removeEventListener('abort', abort);
        run();
      };
      const fail = (definite: boolean, cause?: unknown) =>
        settle(() => reject(new CallFailed(`${method} ${base}${path}: ${whyOf(cause)}`, definite, cause)));
      const abort = () => fail(false, signal?.reason);
      const overdue = clock.setTimer(CALL_DEADLINE_MS, () => fail(false));
      signal?.addEventListener('abort', abort, { once: true });
      clock.setTimer(drawLatencyMs(), () => {
        network.request(portOf(base), toRequest(call)).then(
          ({ status, headers = NO_HEADERS, body }) =>
            void clock.setTimer(drawLatencyMs(), () => settle(() => resolve({ status, headers, body }))),
          (error: unknown) => fail(error instanceof ConnectionFailed && error.refused, error),
        );
      });
    });
  }

  async close(): Promise<void> {}
}

/** Without a cause it was the deadline. */
function whyOf(cause: unknown): string {
  return cause === undefined ? `no answer within ${CALL_DEADLINE_MS} ms` : failureInWords(cause, CALL_DEADLINE_MS);
}

function toRequest({ method, path, body, token }: Call): NetworkRequest {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return { method, path, headers, body };
}
