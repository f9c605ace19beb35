/** The trace as a waterfall: a bar a step and region, from where the step before ended. */
import { describe, expect, it } from 'vitest';
import type { Trace } from '../../../lab/trace/trace-schema.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { observed, pressed, ready, stateAfter, trace } from '../testing/view.ts';

const STEPS: Trace['steps'] = [
  { step: 1, name: 'PUT', file: 'a.ts', ms: 0 },
  { step: 2, name: 'publish', file: 'b.ts', ms: 100 },
  { step: 3, name: 'arrives', file: 'c.ts', regions: { 'us-east': 110, 'eu-west': 120, 'ap-south': null } },
  { step: 4, name: 'applies', file: 'd.ts', regions: { 'us-east': 200, 'eu-west': 400, 'ap-south': null } },
  { step: 5, name: 'judged', file: 'e.ts', ms: 1_000 },
];

function linesAt(columns: number, rows: number, { ascii = false, steps = STEPS }: { ascii?: boolean; steps?: Trace['steps'] } = {}) {
  const state = stateAfter(ready(), observed(), { type: 'traced', t: 2_000, trace: { ...trace(), steps } });
  return frameLines(pressed(state, 't'), { columns, rows }, createTheme({ ascii })).map(textOf);
}

/** Where the bar of a row begins and ends, 0 to 1 of the room for bars. */
function barOf(lines: readonly string[], row: RegExp, mark = '█'): readonly [number, number] | undefined {
  const head = lines.find((line) => line.includes('ms since the write was sent')) ?? '';
  const first = head.indexOf('0');
  const line = lines.find((each) => row.test(each)) ?? '';
  const columns = 100 - first;
  return line.includes(mark) ? [(line.indexOf(mark) - first) / columns, (line.lastIndexOf(mark) + 1 - first) / columns] : undefined;
}

describe('the waterfall of a trace', () => {
  it.each([
    ['Unicode', false, '█'],
    ['ASCII', true, '#'],
  ])('has a bar from the step before to the end of each, at its time, in %s', (_name, ascii, mark) => {
    const lines = linesAt(100, 30, { ascii });
    const near = (bar: readonly [number, number] | undefined, from: number, to: number) => {
      expect(bar?.[0]).toBeCloseTo(from, 1);
      expect(bar?.[1]).toBeCloseTo(to, 1);
    };
    near(barOf(lines, / 2 publish /, mark), 0, 0.1);
    near(barOf(lines, / 4 applies +us-east +200 /, mark), 0.11, 0.2);
    near(barOf(lines, /^ +eu-west +400 /, mark), 0.12, 0.4);
    near(barOf(lines, / 5 judged +1000 /, mark), 0.4, 1);
    expect(lines.filter((line) => /ap-south +- +not seen/.test(line))).toHaveLength(2);
  });

  it('has the files where there is room, and a row a step where there is none for bars', () => {
    expect(linesAt(160, 45).some((line) => / 4 applies .*d\.ts/.test(line))).toBe(true);
    expect(linesAt(100, 30).some((line) => line.includes('d.ts'))).toBe(false);
    const whole = trace().steps;
    expect(linesAt(160, 45, { steps: whole }).join('\n')).toContain('█');
    for (const [columns, rows] of [
      [80, 24],
      [60, 16],
    ] as const) {
      const lines = linesAt(columns, rows, { steps: whole });
      expect(lines.join('\n')).not.toContain('█');
      expect(lines.some((line) => /10 step 10 +- +200/.test(line))).toBe(true);
      expect(lines.join('\n').includes('ap-south') || lines.some((line) => line.includes('1 more region: 80 columns'))).toBe(true);
    }
  });
});
