/** The lab's requests over HTTP (undici, owned by this file): straight to the published ports of a world. */
import { Agent } from 'undici';
import { failureInWords, isNeverSent, parseAnswer } from '../../services/runtime/request-failure.ts';
import { Clients, type SystemAddress } from './clients.ts';
import { CALL_DEADLINE_MS, type Call, CallFailed, IDLE_MS_MAX, type RawAnswer, type Transport } from './transport.ts';

/** To one service, as many as the load generator has: a crowd that asks at once does not wait for one another here. */
const CONNECTIONS_MAX = 256;

export class HttpTransport implements Transport {
  readonly #agent = new Agent({
    connections: CONNECTIONS_MAX,
    connect: { timeout: CALL_DEADLINE_MS },
    keepAliveTimeout: IDLE_MS_MAX,
    keepAliveMaxTimeout: IDLE_MS_MAX,
  });

  async call({ method, base, path, body, token, signal }: Call): Promise<RawAnswer> {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    try {
      const response = await this.#agent.request({
        origin: base,
        path,
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([AbortSignal.timeout(CALL_DEADLINE_MS), ...(signal === undefined ? [] : [signal])]),
      });
      const { statusCode: status, headers: answered } = response;
      return { status, headers: answered, body: parseAnswer(status, await response.body.bytes()) };
    } catch (error) {
      throw new CallFailed(`${method} ${base}${path}: ${failureInWords(error, CALL_DEADLINE_MS)}`, isNeverSent(error), error);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** For a world reached over HTTP; who opens them closes them. */
export function openHttpClients(system: SystemAddress): Clients {
  return new Clients(new HttpTransport(), system);
}
