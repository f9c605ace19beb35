/** A row of blocks for the last values of a series, the newest at the right. */
const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII_BLOCKS = '_.:-=+*#';
/** No value. */
const GAP = ' ';

export interface SparklineOptions {
  readonly width: number;
  /** The scale ends at the largest value shown, but not below this: so that a quiet series lies low. */
  readonly scaleMin?: number;
  /** Where the scale ends instead; what is above is drawn as high. */
  readonly scaleMax?: number;
  readonly ascii?: boolean;
}

/** Exactly `width` characters of one column each. Values that are null, or no numbers, are gaps. */
export function sparkline(values: readonly (number | null)[], { width, scaleMin = 0, scaleMax, ascii = false }: SparklineOptions): string {
  if (width <= 0) return '';
  const shown = values.slice(-width).map((value) => (value === null || !Number.isFinite(value) ? null : Math.max(0, value)));
  const blocks = ascii ? ASCII_BLOCKS : BLOCKS;
  const top = scaleMax ?? shown.reduce<number>((most, value) => Math.max(most, value ?? 0), scaleMin);
  const drawn = shown.map((value) => (value === null ? GAP : (blocks[levelOf(value, top, blocks.length)] ?? GAP)));
  return drawn.join('').padStart(width, GAP);
}

function levelOf(value: number, top: number, levels: number): number {
  return top === 0 ? 0 : Math.min(levels - 1, Math.floor((value / top) * levels));
}
