/**
 * The last reads of a run: what the origin holds of every key, and what each region answers of it. Each is repeated
 * while it is stale or differs, until the deadline; the last answer counts.
 */
import { contentKey } from '../../services/protocol/content.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { History } from '../history/history.ts';
import type { ReadOperation } from '../history/records.ts';
import type { Clients } from '../system/clients.ts';
import { CallFailed } from '../system/transport.ts';
import type { World, WorldRegion } from '../worlds/world.ts';

export interface FinalReadsOptions {
  readonly world: World;
  readonly clients: Clients;
  readonly history: History;
  readonly clock: Clock;
  /** Every id that was ever written, with its slot; those found here are added. */
  readonly written: Map<number, string>;
  /** Slots whose create ended unknown: it may have made a content, under an id that only the origin knows. */
  readonly doubtful: readonly string[];
  readonly read: (region: string, id: number) => Promise<ReadOperation>;
  /** On the monotonic clock. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

interface Cell {
  readonly region: WorldRegion;
  readonly id: number;
  readonly expected: number;
}

const ASK_AGAIN_MS = 100;
const PAUSE_MS = 20;
const PAUSE_MS_MAX = 200;

export class FinalReads {
  readonly #options: FinalReadsOptions;

  constructor(options: FinalReadsOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { world, clients, history, written, signal } = this.#options;
    await this.#adoptDoubtful();
    for (const [id, slot] of written) {
      if (signal.aborted) return;
      history.add('origin', { key: contentKey(id), slot, ...(await this.#asked(() => clients.heldAtOrigin(id))) });
    }
    const versions = new Map(history.of('origin').map(({ key, version }) => [key, version]));
    const cells = world.regions.flatMap((region) =>
      [...written.keys()].map((id) => ({ region, id, expected: versions.get(contentKey(id)) ?? 0 })),
    );
    await Promise.all(cells.map((cell) => this.#readUntilCurrent(cell)));
  }

  async #adoptDoubtful(): Promise<void> {
    const { clients, written, doubtful } = this.#options;
    if (doubtful.length === 0) return;
    const contents = await this.#asked(() => clients.list());
    for (const { id, slug } of contents) if (doubtful.includes(slug)) written.set(id, slug);
  }

  /**
   * The origin's own word, asked for again until the deadline while it gives none: what was healed a moment ago may
   * still be felt.
   */
  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    const { clock, deadline, signal } = this.#options;
    for (;;) {
      const answer = await ask().catch((error: unknown) => {
        if (!(error instanceof CallFailed) || signal.aborted || clock.monotonicMs() > deadline) throw error;
        return undefined;
      });
      if (answer !== undefined) return answer;
      await sleep(clock, ASK_AGAIN_MS, signal);
    }
  }

  async #readUntilCurrent({ region, id, expected }: Cell): Promise<void> {
    const { clock, deadline, signal, read } = this.#options;
    for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2)) {
      const { outcome, status, version } = await read(region.region, id);
      const isCurrent = outcome === 'ok' && status === 'fresh' && version === expected;
      if (isCurrent || clock.monotonicMs() >= deadline || signal.aborted) return;
      await sleep(clock, pauseMs, signal);
    }
  }
}
