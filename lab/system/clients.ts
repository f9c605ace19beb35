/** The lab's own requests to a world: to its origin, and to the edge of each region. */
import type { EdgeUnderTest } from './edges/edge.ts';
import { type EdgeAddress, openEdge } from './edges/edges.ts';
import { OriginRequests } from './origin.ts';
import type { Transport } from './transport.ts';

/** Where the parts of a world are asked. */
export interface SystemAddress {
  readonly originUrl: string;
  readonly edges: readonly EdgeAddress[];
  /** Bearer token of the edges' admin routes; never printed. Left out: nobody may use them. */
  readonly adminToken?: string | undefined;
}

export class Clients extends OriginRequests {
  readonly #transport: Transport;
  readonly #edges: ReadonlyMap<string, EdgeUnderTest>;

  constructor(transport: Transport, { originUrl, edges, adminToken }: SystemAddress) {
    super(transport, originUrl);
    this.#transport = transport;
    this.#edges = new Map(edges.map((address) => [address.region, openEdge(address, { transport, adminToken })]));
  }

  /**
   * A region that is not there is a bug: regions and targets are resolved before anything is asked. Throws TypeError.
   */
  edge(region: string): EdgeUnderTest {
    const found = this.#edges.get(region);
    if (found === undefined) throw new TypeError(`expected a region of the world, got ${region}`);
    return found;
  }

  /**
   * What the origin holds in the end. `isAssumed`: nobody could ask it; it is what was written there. Throws
   * CallFailed.
   */
  heldAtOrigin(id: number): Promise<{ readonly version: number; readonly deleted: boolean; readonly isAssumed?: true }> {
    return this.originVersion(id);
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }
}
