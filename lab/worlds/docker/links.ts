/**
 * The links of a cluster: Toxiproxy's HTTP API, as far as the lab needs it. Asked on its published port, past every
 * network a fault sits on.
 */
import { z } from 'zod';
import { failureInWords, parseAnswer } from '../../../services/runtime/request-failure.ts';
import { WorldFailed } from '../../errors.ts';
import { kindOf, type Link, MEMBER_MARK, regionOf, regionOfEdge } from '../../system/parts.ts';
import { purgeProxy } from '../../topology/target-services.ts';

const DEADLINE_MS = 3_000;

const toxic = z.object({
  name: z.string(),
  type: z.string(),
  stream: z.enum(['upstream', 'downstream']),
  attributes: z.record(z.string(), z.number()),
});
const proxy = z.object({ name: z.string(), listen: z.string(), upstream: z.string(), enabled: z.boolean(), toxics: z.array(toxic) });
export type Toxic = z.infer<typeof toxic>;
export type Proxy = z.infer<typeof proxy>;

/** `upstream` is what the caller sends, `downstream` what it is answered. */
export interface NewToxic extends Omit<Toxic, 'attributes'> {
  readonly attributes: Readonly<Record<string, number>>;
}

/**
 * `edge:eu-west` and `kafka` -> `eu-west-kafka`; `edge:eu-west/2` -> `eu-west-2-kafka`; `origin` and `kafka` ->
 * `origin-kafka`; `purger:eu-west` and its cache -> `eu-west-purges`.
 */
export function proxyOf({ caller, callee }: Link): string {
  if (kindOf(caller) === 'purger') return purgeProxy(regionOf(caller) ?? '');
  const edge = regionOfEdge(caller) === undefined ? caller : caller.slice(caller.indexOf(':') + 1).replace(MEMBER_MARK, '-');
  return `${edge}-${callee}`;
}

/** The port a caller reaches the proxy at. */
export function listenPort({ listen }: Proxy): number {
  return Number(listen.slice(listen.lastIndexOf(':') + 1));
}

export class Links {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async proxies(): Promise<readonly Proxy[]> {
    return Object.values(z.record(z.string(), proxy).parse(await this.#ask('GET', '/proxies')));
  }

  async proxy(name: string): Promise<Proxy> {
    return proxy.parse(await this.#ask('GET', `/proxies/${name}`));
  }

  async add(name: string, added: NewToxic): Promise<void> {
    await this.#ask('POST', `/proxies/${name}/toxics`, { ...added, toxicity: 1 });
  }

  /** Every toxic whose name begins so. Answers how many. */
  async removeAll(prefix: string): Promise<number> {
    const found = (await this.proxies()).flatMap(({ name, toxics }) =>
      toxics.filter((one) => one.name.startsWith(prefix)).map((one) => `/proxies/${name}/toxics/${one.name}`),
    );
    await Promise.all(found.map((path) => this.#ask('DELETE', path)));
    return found.length;
  }

  /** A proxy that is switched off closes its connections and refuses new ones; its toxics stay. */
  async switch(name: string, enabled: boolean): Promise<void> {
    await this.#ask('POST', `/proxies/${name}`, { enabled });
  }

  async #ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const asked = `links: ${method} ${path}`;
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        signal: AbortSignal.timeout(DEADLINE_MS),
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      const answer = await response.text();
      if (method === 'DELETE' && response.status === 404) return undefined;
      if (!response.ok) throw new WorldFailed(`${asked}: ${response.status} ${answer}`);
      return answer === '' ? undefined : parseAnswer(response.status, answer);
    } catch (error) {
      if (error instanceof WorldFailed) throw error;
      throw new WorldFailed(`${asked}: no usable answer at ${this.#url}: ${failureInWords(error, DEADLINE_MS)}`, { cause: error });
    }
  }
}
