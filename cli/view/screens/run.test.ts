/** A run while it goes on: the regions, the map and the faults stay in view, and what is to come is told. */
import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../../lab/live/protocol.ts';
import { actionsOf } from '../dispatch.ts';
import { styledText } from '../draw/ansi.ts';
import { lineWidth, textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { listOf } from '../keys/binding.ts';
import { reduce } from '../state/reduce.ts';
import type { ViewState } from '../state/state.ts';
import { fault, observed, REGIONS, ready, runEvents, runReport, stateAfter } from '../testing/view.ts';

const CUT = fault({ fault: 'partition', target: 'edge:eu-west<->kafka' });
const THEMES = {
  Unicode: createTheme(),
  'light colours': createTheme({ name: 'light' }),
  'colours of the colour-blind': createTheme({ name: 'colour-blind' }),
  ASCII: createTheme({ ascii: true }),
  'no colours': createTheme({ noColor: true }),
};
const DEPTH_CUBE = 8;
/** Of a colour, not of bold or dim. */
const COLOUR_CODE = /\[(\d+;)*3[1-8]/;
const SIZES = [
  [80, 24],
  [100, 30],
  [160, 45],
  [250, 70],
] as const;

const opened = (...events: readonly LiveEvent[]) => reduce(stateAfter(...events), { type: 'open', screen: { screen: 'run', scroll: 0 } });
const inForce = { type: 'faults', t: 3_300, inForce: [CUT] } as const;
const running = opened(ready(), observed(), inForce, ...runEvents('a scenario'));
const linesOf = (state: ViewState, [columns, rows]: readonly [number, number], theme = THEMES.Unicode) =>
  frameLines(state, { columns, rows }, theme).map(textOf);

describe('a run that goes on', () => {
  const cases = SIZES.flatMap((size) =>
    Object.entries(THEMES).map(([name, theme]) => [`${size.join('x')} in ${name}`, size, theme] as const),
  );
  it.each(cases)('has its regions, the map, its faults and what there is to see at %s', (_name, size, theme) => {
    const lines = linesOf(running, size, theme);
    const text = lines.join('\n');
    for (const [at, region] of REGIONS.entries()) expect(text).toContain(`${at + 1} ${region} lazy`);
    expect(text).toContain('path of an invalidation');
    expect(text).toContain('postgres');
    expect(lines[1]).toMatch(/kafka/);
    expect(text).toContain('run of a scenario');
    expect(text).toMatch(/to see {3}a scenario/);
    expect(text).toMatch(/to come {2}a scenario ends in 9\.\d s, a scenario in 1\d/);
    expect(text).toMatch(/fault 100 ms/);
    expect(text).toContain('checks, judged at the end');
  });

  it.each(cases)(
    'shows the cut by its mark in the panel of its region alone, and by its colour where there are any, at %s',
    (name, size, theme) => {
      const frame = frameLines(running, { columns: size[0], rows: size[1] }, theme);
      const line = frame.find((each) => textOf(each).includes('kafka ') && /^[│┃|#]/.test(textOf(each))) ?? [];
      const marks = line.filter(({ text }) => text.startsWith(theme.links.cut.mark));
      expect(marks).toHaveLength(1);
      // Each panel is a third of the width.
      const column = textOf(line).indexOf(theme.links.cut.mark);
      expect(Math.floor((column / size[0]) * REGIONS.length)).toBe(REGIONS.indexOf('eu-west'));
      const styled = styledText(marks, theme, DEPTH_CUBE);
      expect(COLOUR_CODE.test(styled)).toBe(!name.endsWith('no colours'));
      expect(frame.every((each) => lineWidth(each) === size[0])).toBe(true);
    },
  );

  it('has the line of its time at 60x16, too', () => {
    const text = linesOf(running, [60, 16]).join('\n');
    for (const region of ['1 us-east', '2 eu-west']) expect(text).toContain(`${region} lazy`);
    expect(text).toMatch(/kafka ✗/);
    expect(text).toMatch(/load 0\.1 s of 20 s|load 100 ms of 20 s/);
  });

  it('moves along its time line', () => {
    const nowAt = (t: number) => {
      const line = linesOf(reduce(running, { type: 'tick', t }), [100, 30]).find((each) => each.includes(' load '));
      return line?.indexOf('│') ?? -1;
    };
    const places = [3_200, 8_200, 13_200, 23_200].map(nowAt);
    expect(places[0]).toBe(0);
    expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
  });

  it('says that no more faults come', () => {
    expect(linesOf(reduce(running, { type: 'tick', t: 22_000 }), [100, 30]).join('\n')).toContain('no more faults');
  });

  it('offers to save and to copy when it has ended, and not before', () => {
    const ended = opened(ready(), observed(), ...runReport('a scenario'));
    expect(listOf(actionsOf(running, 's'))).toEqual([]);
    expect(listOf(actionsOf(running, 'y'))).toEqual([]);
    expect(listOf(actionsOf(ended, 's'))).toEqual([{ type: 'sent', command: { do: 'save-run' }, text: expect.any(String) }]);
    expect(listOf(actionsOf(ended, 'y'))[0]).toEqual({ type: 'copy', text: 'a scenario' });
    expect(linesOf(running, [80, 24]).at(-1)).not.toMatch(/save|copy|down/);
    expect(linesOf(ended, [80, 24]).at(-1)).toMatch(/s save {2}y copy again {2}↓ down/);
  });

  it('names Esc by what it does: it stops a run that goes on, and leaves one that has ended', () => {
    expect(linesOf(running, [80, 24]).at(-1)).toMatch(/^Esc stop /);
    expect(linesOf(opened(ready(), observed(), ...runReport('a scenario')), [80, 24]).at(-1)).toMatch(/^Esc back /);
  });

  it('says at its end by name what failed, without scrolling, at the smallest size, too', () => {
    for (const size of [[60, 16], ...SIZES] as const)
      expect(linesOf(opened(ready(), observed(), ...runReport('a scenario')), size).join('\n')).toContain(
        'failed: divergence, edge_hit_ratio a scenario',
      );
  });

  it('says where its report was saved, or why it was not', () => {
    const saved = (isSaved: boolean, says: string) =>
      linesOf(
        opened(ready(), observed(), ...runReport('a scenario'), { type: 'run-saved', t: 9_000, saved: isSaved, says }),
        [80, 24],
      ).join('\n');
    expect(saved(true, '/x/report.html')).toContain('the report is /x/report.html');
    expect(saved(false, 'no room')).toContain('the report could not be saved: no room');
  });

  it('is followed by its report alone', () => {
    const text = linesOf(opened(ready(), observed(), ...runReport('a scenario')), [80, 24]).join('\n');
    expect(text).not.toContain('path of an invalidation');
    expect(text).toContain('fail');
  });
});
