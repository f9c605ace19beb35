/** Heights: linear from zero, or logarithmic. 0 is the bottom of a drawing, 1 its top. */

export interface Scale {
  heightOf(value: number): number;
  /** Where lines are drawn, each with its value; the top one included. */
  readonly marks: readonly number[];
}

const STEPS = [1, 2, 5] as const;
/** Room for the highest value and its name. */
const HEADROOM = 1.15;
const LOWEST_MS = 0.1;

/** 1, 2 or 5 times a power of ten, not below the value. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (STEPS.find((step) => step * power >= value) ?? 10) * power;
}

export function linearScale(max: number): Scale {
  const top = Math.max(max, 1) * HEADROOM;
  const step = roundUp(top / 4);
  const marks = Array.from({ length: Math.floor(top / step) }, (_, at) => (at + 1) * step);
  return { heightOf: (value) => Math.max(0, Math.min(1, value / top)), marks: marks.slice(-3) };
}

export function logScale(max: number): Scale {
  const decades = Math.max(2, Math.ceil(Math.log10(Math.max(max, 1) / LOWEST_MS)));
  const heightOf = (value: number) => Math.max(0, Math.min(1, Math.log10(Math.max(value, LOWEST_MS) / LOWEST_MS) / decades));
  const marks = Array.from({ length: decades - 1 }, (_, at) => Math.round(LOWEST_MS * 10 ** (at + 1) * 10) / 10);
  return { heightOf, marks };
}
