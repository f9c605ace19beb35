/**
 * By how much the services' clocks are off the lab's, as their answers show: what a service stamped is told on the
 * lab's clock then. A clock that may be the lab's, for all that an answer shows, is taken for it.
 */
import type { ProcessReport } from '../../services/protocol/process.ts';
import type { TraceClock } from './trace-schema.ts';

/** Wall clocks are told in whole ms. */
const ROUNDING_MS = 2;

interface Bounds {
  readonly least: number;
  readonly most: number;
}

export class TraceClocks {
  readonly #bounds = new Map<string, Bounds>();

  /** It was asked at `askedAt` and had answered by `answeredAt`, by the lab's clock. */
  saw(
    of: string,
    report: ProcessReport | undefined,
    { askedAt, answeredAt }: { readonly askedAt: number; readonly answeredAt: number },
  ): void {
    if (report === undefined) return;
    const bounds = { least: report.now - answeredAt - ROUNDING_MS, most: report.now - askedAt - Math.floor(report.heldMs) + ROUNDING_MS };
    const known = this.#bounds.get(of);
    if (known === undefined || bounds.most - bounds.least < known.most - known.least) this.#bounds.set(of, bounds);
  }

  aheadMs(of: string): number {
    const bounds = this.#bounds.get(of);
    if (bounds === undefined || (bounds.least <= 0 && bounds.most >= 0)) return 0;
    return Math.round((bounds.least + bounds.most) / 2);
  }

  /** Those that are certainly not the lab's. */
  others(): readonly TraceClock[] {
    return [...this.#bounds]
      .map(([of, { least, most }]) => ({ of, aheadMs: this.aheadMs(of), withinMs: Math.ceil((most - least) / 2) }))
      .filter(({ aheadMs }) => aheadMs !== 0);
  }
}

/** A line for all of them; none where all clocks may be the lab's. */
export function clocksText(clocks: readonly TraceClock[]): readonly string[] {
  if (clocks.length === 0) return [];
  const words = clocks.map(({ of, aheadMs, withinMs }) => {
    if (aheadMs === null) return `that of ${of} by nobody knows how much, so its time stands between what came before and after`;
    return `that of ${of} by ${Math.abs(aheadMs)} ms ${aheadMs > 0 ? 'ahead' : 'behind'}, to within ${withinMs}`;
  });
  return [`clocks that are not the lab's, whose times are corrected: ${words.join('; ')}`];
}
