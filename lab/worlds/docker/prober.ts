/**
 * Asks across links as their callers would: from inside the caller’s container, by the name and port it uses. Where the
 * caller is paused or killed, from another container of the mesh, for what the link does is not the caller’s doing.
 */
import { WorldFailed } from '../../errors.ts';
import { kindOf, type Link, NODES } from '../../system/parts.ts';
import type { Probe } from '../world.ts';
import type { Engine } from './engine.ts';
import { type Links, listenPort, proxyOf } from './links.ts';
import { Parts } from './nodes.ts';
import { parseProbed, probeCommand, type Question, UP } from './probe-script.ts';

export interface ProberOptions {
  readonly engine: Engine;
  readonly links: Links;
  /** Container ids by service. */
  readonly containers: ReadonlyMap<string, string>;
  readonly mesh: string;
}

export interface Held {
  /** Resolves when it has, or has not within its time. */
  hasBroken(): Promise<boolean>;
}

const LINKS_HOST = 'links';
/** Beside what the toxics of the link add: on a busy machine a broker may take that long to answer. */
const ANSWER_MS_MAX = 1_000;
const HOLD_MS_MAX = 5_000;

export class Prober {
  readonly #options: ProberOptions;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  async probe(link: Link, bytes: number): Promise<Probe> {
    const question = await this.#question(link, { bytes, hold: false });
    const { output } = await this.#options.engine.execute(await this.#stand(link), probeCommand(question));
    const probed = parseProbed(output);
    if (probed === undefined) throw new WorldFailed(`the probe of ${proxyOf(link)} said: ${output.slice(0, 200)}`);
    return probed;
  }

  /** Resolves when the connection is open. */
  async hold(link: Link): Promise<Held> {
    const question = await this.#question(link, { bytes: 0, hold: true });
    const isUp = Promise.withResolvers<void>();
    const ended = this.#options.engine.execute(
      await this.#stand(link),
      probeCommand({ ...question, deadlineMs: HOLD_MS_MAX }),
      (output) => {
        if (output.includes(UP)) isUp.resolve();
      },
    );
    await Promise.race([isUp.promise, ended]);
    return { hasBroken: async () => parseProbed((await ended).output)?.answered === true };
  }

  async #question(link: Link, { bytes, hold }: Pick<Question, 'bytes' | 'hold'>): Promise<Question> {
    const proxy = await this.#options.links.proxy(proxyOf(link));
    const slowMs = proxy.toxics.reduce((sum, { type, attributes }) => {
      if (type === 'latency') return sum + (attributes['latency'] ?? 0) + (attributes['jitter'] ?? 0);
      return type === 'bandwidth' ? sum + bytes / (attributes['rate'] ?? 1) : sum;
    }, 0);
    const speaks = NODES[kindOf(link.callee)].protocol;
    if (speaks === undefined) throw new TypeError(`expected a node that is called over a link, got ${link.callee}`);
    return { host: LINKS_HOST, port: listenPort(proxy), speaks, bytes, deadlineMs: Math.round(ANSWER_MS_MAX + 2 * slowMs), hold };
  }

  /** The container to ask from. */
  async #stand(link: Link): Promise<string> {
    const { engine, containers, mesh } = this.#options;
    const parts = new Parts(containers);
    const own = parts.callerOf(link);
    for (const service of [own, ...[...containers.keys()].filter((name) => name !== own && parts.canAsk(name))]) {
      const id = containers.get(service);
      const facts = id === undefined ? undefined : await engine.container(id);
      if (facts?.state === 'running' && (service === own || facts.networks.has(mesh))) return facts.id;
    }
    throw new WorldFailed(`nothing to ask from across the links of ${link.caller}: no edge and no origin runs`);
  }
}
