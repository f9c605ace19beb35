/** An origin client that does what another does: what a mutant of it starts from. */
import type { OriginAnswer, OriginClient, OriginListing } from '../../services/edge/origin-client.ts';

export class DecoratedOriginClient implements OriginClient {
  protected readonly origin: OriginClient;

  constructor(origin: OriginClient) {
    this.origin = origin;
  }

  fetch(id: number, ifNoneMatch?: string): Promise<OriginAnswer> {
    return this.origin.fetch(id, ifNoneMatch);
  }

  list(query: string): Promise<OriginListing> {
    return this.origin.list(query);
  }

  answers(): Promise<boolean> {
    return this.origin.answers();
  }

  close(): Promise<void> {
    return this.origin.close();
  }
}
