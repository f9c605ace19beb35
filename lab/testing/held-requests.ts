/**
 * Stands between a lab and its cluster: a socket in place of the engine's, which tells of other ports than the
 * published ones, and passes every request on. One that a test waits for is held, before it is passed on or before its
 * answer is, until the test says what becomes of it: so a lab can be killed at exactly that moment, and its request can
 * still be done afterwards.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Held {
  /** `engine POST /containers/…/pause`, `links POST /proxies/…`, `edge-eu-west PUT /admin/config`. */
  readonly asked: string;
  /** Passes it on, or its answer, whether or not who asked is still there. Resolves when it is done. */
  release(): Promise<void>;
  /** It never was. */
  drop(): void;
}

interface Wanted {
  readonly asked: RegExp;
  left: number;
  readonly until: 'asked' | 'answered';
  readonly held: (held: Held) => void;
}

interface Target {
  readonly name: string;
  readonly to: { readonly socketPath: string } | { readonly host: string; readonly port: number };
}

export interface HeldRequestsOptions {
  /** Of the engine. */
  readonly engineSocket: string;
  /** Of its own, for the lab. */
  readonly socket: string;
}

const INSPECT = /\/containers\/[^/]+\/json(?:\?|$)/;

export class HeldRequests {
  readonly dockerHost: string;
  readonly #servers: Server[] = [];
  /** By published port. */
  readonly #ports = new Map<number, Promise<number>>();
  readonly #wanted = new Set<Wanted>();

  private constructor({ socket }: HeldRequestsOptions) {
    this.dockerHost = `unix://${socket}`;
  }

  static async start(options: HeldRequestsOptions): Promise<HeldRequests> {
    const held = new HeldRequests(options);
    await held.#serve({ name: 'engine', to: { socketPath: options.engineSocket } }, options.socket);
    return held;
  }

  /** Resolves when the `nth` such request from now on is held: until the test says so, or, done, its answer is. */
  next(asked: RegExp, { nth = 1, until = 'asked' }: { readonly nth?: number; readonly until?: Wanted['until'] } = {}): Promise<Held> {
    return new Promise((resolve) => void this.#wanted.add({ asked, left: nth, until, held: resolve }));
  }

  /** Holds nothing any more, of what is still to come. */
  forget(): void {
    this.#wanted.clear();
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    }
  }

  async #serve(target: Target, socket?: string): Promise<number> {
    const server = createServer((asked, answer) => {
      this.#pass(target, asked, answer).catch(() => void answer.destroy());
    });
    this.#servers.push(server);
    await new Promise<void>(
      (resolve) => void (socket === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(socket, resolve)),
    );
    return (server.address() as AddressInfo).port;
  }

  async #pass(target: Target, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bodyOf(asked);
    const wanted = this.#wants(`${target.name} ${asked.method} ${asked.url}`);
    const passOn = () => this.#ask(target, asked, body);
    if (wanted === undefined) return this.#answer(target, asked, answer, await passOn());
    const decision = Promise.withResolvers<boolean>();
    const done = Promise.withResolvers<void>();
    const early = wanted.until === 'answered' ? await passOn() : undefined;
    wanted.held({
      asked: `${target.name} ${asked.method} ${asked.url}`,
      release: () => {
        decision.resolve(true);
        return done.promise;
      },
      drop: () => decision.resolve(false),
    });
    if (await decision.promise) await this.#answer(target, asked, answer, early ?? (await passOn())).catch(() => {});
    else answer.destroy();
    done.resolve();
  }

  #wants(asked: string): Wanted | undefined {
    for (const wanted of this.#wanted) {
      if (!wanted.asked.test(asked)) continue;
      wanted.left -= 1;
      if (wanted.left > 0) continue;
      this.#wanted.delete(wanted);
      return wanted;
    }
    return undefined;
  }

  #ask({ to }: Target, { method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const passed = request({ ...to, method, path: url, headers, agent: false }, resolve);
      passed.once('error', reject);
      passed.end(body);
    });
  }

  async #answer({ name }: Target, asked: IncomingMessage, answer: ServerResponse, got: IncomingMessage): Promise<void> {
    if (name === 'engine' && INSPECT.test(asked.url ?? '') && got.statusCode === 200) {
      const text = JSON.stringify(await this.#withOwnPorts(JSON.parse((await bodyOf(got)).toString('utf8'))));
      answer.writeHead(200, { 'content-type': 'application/json' });
      return void answer.end(text);
    }
    answer.writeHead(got.statusCode ?? 500, got.headers);
    answer.flushHeaders();
    got.pipe(answer);
    answer.once('close', () => got.destroy());
    await new Promise<void>((resolve) => void got.once('close', resolve));
  }

  async #withOwnPorts(inspected: {
    readonly Config: { readonly Labels?: Readonly<Record<string, string>> };
    readonly HostConfig: { readonly PortBindings?: Readonly<Record<string, readonly { HostPort: string }[] | null>> };
  }): Promise<unknown> {
    const service = inspected.Config.Labels?.['com.docker.compose.service'] ?? 'service';
    for (const bound of Object.values(inspected.HostConfig.PortBindings ?? {}).flatMap((ports) => ports ?? [])) {
      const port = Number(bound.HostPort);
      if (port > 0) bound.HostPort = String(await this.#portFor(service, port));
    }
    return inspected;
  }

  #portFor(name: string, port: number): Promise<number> {
    const own = this.#ports.get(port) ?? this.#serve({ name, to: { host: '127.0.0.1', port } });
    this.#ports.set(port, own);
    return own;
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
