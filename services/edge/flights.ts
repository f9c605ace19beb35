/**
 * Fetches in flight, so that readers who miss together ask the origin once.
 *
 * A reader may join a flight only if the flight's clock is not below the reader's fence, in the same life: otherwise an
 * invalidation was applied after the flight began, and what it brings may have been read too early. Such a reader
 * starts a new flight, which takes the place of the old one; those who joined the old one are still answered by it.
 */
import type { Stamp } from './cache/cache.ts';

interface Flight<T> {
  readonly stamp: Stamp;
  readonly landed: Promise<T>;
}

export interface Boarding extends Stamp {
  readonly fence: number;
}

export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** Joins the flight of the key or starts one; `joined` tells which. */
  board(key: string, { clock, life, fence }: Boarding, start: () => Promise<T>): { readonly landed: Promise<T>; readonly joined: boolean } {
    const current = this.#flights.get(key);
    if (current !== undefined && current.stamp.life === life && current.stamp.clock >= fence) {
      return { landed: current.landed, joined: true };
    }
    const flight: Flight<T> = { stamp: { clock, life }, landed: start() };
    this.#flights.set(key, flight);
    const leave = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    flight.landed.then(leave, leave);
    return { landed: flight.landed, joined: false };
  }

  /** Nobody boards the flight of the key any more; those on board are answered by it. */
  close(key: string): void {
    this.#flights.delete(key);
  }

  has(key: string): boolean {
    return this.#flights.has(key);
  }

  get size(): number {
    return this.#flights.size;
  }
}
