/**
 * Revalidations that only a lease asks for: when leases run out together, the origin must not be asked for everything
 * at once. So many are in flight, after those that a reader waits for. Beyond that none is begun and none is queued:
 * the answer is stale, and the next read asks again.
 */
const IN_FLIGHT_MAX = 32;
/** So many fetches that readers wait for leave room for no others. */
const READERS_MAX = 32;

export class LeaseRevalidations {
  #inFlight = 0;

  /** `awaited`: how many fetches readers wait for. undefined: not now; else what ends it. */
  begin(awaited: number): (() => void) | undefined {
    if (this.#inFlight >= IN_FLIGHT_MAX || awaited >= READERS_MAX) return undefined;
    this.#inFlight += 1;
    return () => {
      this.#inFlight -= 1;
    };
  }
}
