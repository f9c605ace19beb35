/**
 * A TCP link that can be cut: bytes are dropped, one way or both, connections stay open until it heals, as with a real
 * partition.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export type Way = 'there' | 'back' | 'both';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

export class Link {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #cut: Way | undefined;

  private constructor(targetPort: () => number) {
    this.#server = createServer((near) => this.#join(near, targetPort()));
  }

  /** To a port of loopback that may be named later. */
  static async open(targetPort: () => number): Promise<Link> {
    const link = new Link(targetPort);
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    return link;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(way: Way = 'both'): void {
    this.#cut = way;
  }

  /** Connections that lost bytes cannot go on. */
  heal(): void {
    this.#cut = undefined;
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  async close(): Promise<void> {
    this.heal();
    this.#server.close();
  }

  #join(near: Socket, port: number): void {
    const pair = { near, far: connect(port, '127.0.0.1') };
    this.#pairs.add(pair);
    this.#carry(pair.near, pair.far, 'there');
    this.#carry(pair.far, pair.near, 'back');
    near.on('close', () => this.#pairs.delete(pair));
  }

  #carry(from: Socket, to: Socket, way: Way): void {
    from.on('data', (bytes) => {
      if (this.#cut !== 'both' && this.#cut !== way) to.write(bytes);
    });
    from.on('error', () => {});
    from.on('close', () => {
      if (this.#cut === undefined) to.destroy();
    });
  }
}
