/** The figures of a load beside those that the original EdgeSync published, and its targets. */

import type { LoadFigures, OriginalLoadResult } from '../../lab/original-load/original-load.ts';
import { PUBLISHED, TARGETS } from '../../lab/original-load/published.ts';
import { table } from '../../lab/outputs/lines.ts';

const NONE = '-';
const HEAD = ['', 'reads', 'hit ratio', 'P50 ms', 'P95 ms', 'P99 ms', 'stale hits', 'new version after ms'];

export function loadLines(result: OriginalLoadResult): readonly string[] {
  const { regions, overall } = result;
  const rows = regions.flatMap((figures) => {
    const { region, strategy, delayMs, newVersionMs } = figures;
    const seen = newVersionMs === null ? NONE : newVersionMs.toFixed(0);
    return [[`${region}, ${strategy}, ${delayMs} ms`, ...cells(figures), seen], ...publishedRow(region)];
  });
  const { hitRatioAbove, p50MsBelow, p95MsBelow, p99MsBelow } = TARGETS;
  const target = ['target', '', `> ${hitRatioAbove} %`, `< ${p50MsBelow}`, `< ${p95MsBelow}`, `< ${p99MsBelow}`, '', ''];
  return [...table([HEAD, ...rows, ['overall', ...cells(overall), ''], ...publishedRow('overall'), target]), ...remarks(result)];
}

/** What is to be known of the figures, whichever way they are shown. */
export function remarks({ regions, met, otherReads }: OriginalLoadResult): readonly string[] {
  const missed = regions
    .filter((figures) => !figures.met)
    .map(({ region, failed }) => (failed > 0 ? `${region} (${failed} reads failed)` : region));
  return [
    ...(otherReads > 0 ? [`the hits include ${otherReads} reads of other clients`] : []),
    'hits: by the counters of the edges; latencies: as measured here, over HTTP',
    met ? 'every target is met in every region' : `a target is missed in ${missed.join(', ')}`,
  ];
}

function cells({ reads, hitRatio, p50, p95, p99, staleHits }: LoadFigures): readonly string[] {
  const ms = (value: number | null) => (value === null ? NONE : value.toFixed(value < 10 ? 1 : 0));
  return [String(reads), hitRatio === null ? NONE : `${hitRatio.toFixed(2)} %`, ms(p50), ms(p95), ms(p99), String(staleHits)];
}

/** Its P50 and P95 were not published. */
function publishedRow(region: string): readonly (readonly string[])[] {
  const published = PUBLISHED[region];
  if (published === undefined) return [];
  const { reads, hitRatio, p99Ms, staleHits } = published;
  return [['  the original EdgeSync', String(reads), `${hitRatio.toFixed(2)} %`, NONE, NONE, String(p99Ms), String(staleHits), NONE]];
}
