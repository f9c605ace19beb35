/** The figures of a load in the lines that the load scripts of the original EdgeSync end with. */
import type { OriginalLoadResult, RegionFigures } from '../../lab/original-load/original-load.ts';

const NAME_WIDTH = 19;
const NONE = '-';

export function originalLines({ regions, overall }: OriginalLoadResult): readonly string[] {
  const reads = overall.reads.toLocaleString('en-US');
  return [...regions.map(regionLine), `${'Overall:'.padEnd(NAME_WIDTH)}${percent(overall.hitRatio)} hit ratio across ${reads} requests`];
}

function regionLine({ region, strategy, hitRatio, p99, staleHits }: RegionFigures): string {
  const name = `${region.replaceAll('-', ' ')} (${strategy}):`.toUpperCase().padEnd(NAME_WIDTH);
  const stale = strategy === 'lazy' ? `, ${staleHits} stale hits` : '';
  return `${name}${percent(hitRatio)} hit ratio, ${p99 === null ? NONE : Math.round(p99)}ms P99${stale}`;
}

/** Two digits at most: 97, 96.4, 96.14. */
function percent(ratio: number | null): string {
  return `${ratio === null ? NONE : Number(ratio.toFixed(2))}%`;
}
