/** The zoom on a region: what has no room is left out whole, and what matters most never is. */
import { describe, expect, it } from 'vitest';
import type { AppliedInvalidation } from '../../../services/protocol/edge-api.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { reduce } from '../state/reduce.ts';
import { fault, observed, pressed, ready, stateAfter } from '../testing/view.ts';

const APPLIED: AppliedInvalidation = {
  id: 'e1',
  type: 'key',
  target: 'content:1234',
  version: 17,
  mode: 'soft',
  partition: 0,
  offset: 4,
  recordedAt: 1_000,
  arrivedAt: 1_001,
  dueAt: 1_300,
  appliedAt: 1_302,
};
const ZOOMED = pressed(stateAfter(ready(), observed({ change: { recent: [APPLIED] } })), 'z');
const linesAt = (columns: number, rows: number, state = ZOOMED) => frameLines(state, { columns, rows }, createTheme()).map(textOf);

describe('the zoom', () => {
  it.each([
    [60, 16, / 1234 /],
    [80, 24, / 1234 +v17 +soft +302 ms /],
    [100, 30, / 1234 +v17 +soft +1\.0 ms +302 ms /],
  ])('names what was invalidated at %ix%i, before anything else of it', (columns, rows, row) => {
    const lines = linesAt(columns, rows);
    expect(lines).toContainEqual(expect.stringMatching(row));
    expect(lines.filter((line) => line.includes('…'))).toEqual([]);
  });

  it('says why reads were refused, and the panel how many', () => {
    const verdict = { state: 'clear', violations: 0, reason: '' } as const;
    const judged = { type: 'judged', t: 1_500, verdict, staleness: {}, reads: {} } as const;
    const one = [{ why: '503: not cached, and the origin does not answer', count: 12 }];
    const two = [...one, { why: 'connection refused', count: 3 }];
    const state = stateAfter(ready(), observed(), { ...judged, refused: { 'us-east': two, 'eu-west': one } });
    for (const [columns, rows] of [
      [60, 16],
      [80, 24],
    ] as const) {
      expect(linesAt(columns, rows, state).find((line) => line.includes('hits'))).toMatch(/15 refused.*12 refused/);
      const text = (shown: typeof state) => linesAt(columns, rows, shown).join(' ').replaceAll(/\s+/g, ' ');
      expect(text(pressed(state, 'z'))).toContain(
        '! 15 reads refused in 10 s: 12 with 503: not cached, and the origin does not answer; 3 with connection refused',
      );
      expect(text(['2', 'z'].reduce(pressed, state))).toContain('! 12 reads refused in 10 s: 503: not cached');
      expect(text(['3', 'z'].reduce(pressed, state))).not.toContain('reads refused');
    }
    const well = reduce(state, { ...judged, t: 2_500, refused: {} });
    expect(linesAt(80, 24, well).join()).not.toContain('refused');
    expect(linesAt(80, 24, pressed(well, 'z')).join()).not.toContain('reads refused');
  });

  it.each(['pause', 'partition'])('says what became of a region at the smallest size, whole: %s', (name) => {
    const target = name === 'pause' ? 'redis:us-east' : 'edge:us-east<->origin';
    const broken = stateAfter(ready(), observed(), {
      type: 'faults',
      t: 1_000,
      inForce: [fault({ fault: name, target, region: 'us-east' })],
    });
    const head = linesAt(60, 16, pressed(broken, 'z')).find((line) => line.startsWith('1 us-east')) ?? '';
    expect(head).toMatch(name === 'pause' ? /300 ms .*cache ‖/ : /300 ms .*origin ✗/);
    expect(head).not.toContain('…');
    expect(linesAt(80, 24, pressed(broken, 'z')).join()).toMatch(/300 ms {2}:5001 /);
  });
});
