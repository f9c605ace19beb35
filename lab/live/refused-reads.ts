/**
 * Reads that got no answer, by region and by why: how many in the last seconds, and what is said of them. A region that
 * begins to refuse is told once with each reason, and once more when it answers every read again.
 */
import { FIGURES_MS } from './figures.ts';
import type { RefusedReads as Refused, Tone } from './protocol.ts';

interface Refusal {
  readonly endMs: number;
  readonly region: string;
  readonly why: string;
}

/** As many as there are in the last seconds at the load's highest rate. */
const REFUSALS_MAX = 20_000;
/** Of a region; what is rarer is left out. */
const REASONS_MAX = 5;
/** What differs from read to read: where it was sent, and by which of our calls it failed. */
const OF_ONE_READ = /\b[A-Z]+ https?:\/\/\S+: |\bexpected 200, got | from https?:\/\/[^\s:]+(:\d+)?/g;

export class RefusedReads {
  readonly #note: (tone: Tone, text: string) => void;
  #refusals: Refusal[] = [];
  /** By region, the reasons that were told. */
  readonly #told = new Map<string, Set<string>>();

  constructor(note: (tone: Tone, text: string) => void) {
    this.#note = note;
  }

  /** `error`: what the lab's own read failed with. */
  add(region: string, error: string, endMs: number): void {
    const why = error.replaceAll(OF_ONE_READ, '');
    this.#refusals.push({ endMs, region, why });
    const told = this.#told.get(region) ?? new Set();
    this.#told.set(region, told);
    if (told.has(why) || told.size >= REASONS_MAX) return;
    told.add(why);
    this.#note('warning', `${region} refuses reads: ${why}`);
  }

  /** By region, the most frequent reason first; a region that answers every read is left out. */
  of(nowMs: number): Readonly<Record<string, Refused>> {
    this.#refusals = this.#refusals.filter(({ endMs }) => endMs >= nowMs - FIGURES_MS).slice(-REFUSALS_MAX);
    const byRegion = Map.groupBy(this.#refusals, ({ region }) => region);
    for (const region of [...this.#told.keys()].filter((known) => !byRegion.has(known))) {
      this.#told.delete(region);
      this.#note('good', `${region} answers every read again`);
    }
    return Object.fromEntries([...byRegion].map(([region, refusals]) => [region, byReason(refusals)]));
  }
}

function byReason(refusals: readonly Refusal[]): Refused {
  const counts = [...Map.groupBy(refusals, ({ why }) => why)].map(([why, all]) => ({ why, count: all.length }));
  return counts.toSorted((one, other) => other.count - one.count).slice(0, REASONS_MAX);
}
