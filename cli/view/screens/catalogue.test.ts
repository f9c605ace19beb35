/** The catalogue and a run: keys in, what is sent and shown out. */
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../dispatch.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { spokenSince } from '../spoken.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { observed, pressed, ready, runEvents, runReport, stateAfter } from '../testing/view.ts';

const playing = stateAfter(ready(), observed());
const listed = stateAfter(ready(), observed(), ...runEvents('redis-outage').slice(0, 1));
const textIn = (state: ViewState) => frameLines(state, { columns: 80, rows: 24 }, createTheme()).map(textOf).join('\n');
const running = (events = runEvents('redis-outage')): ViewState => ({
  ...stateAfter(ready(), observed(), ...events, { type: 'tick', t: 9_000 }),
  screens: [{ screen: 'overview' }, { screen: 'catalogue', at: 0 }, { screen: 'run', scroll: 0 }],
});

describe('the catalogue', () => {
  it('asks for the scenarios once, and opens at once', () => {
    expect(actionsOf(playing, 'r')).toMatchObject([{ type: 'sent', command: { do: 'list-scenarios' } }, { type: 'open' }]);
    expect(actionsOf(listed, 'r')).toMatchObject([{ type: 'open', screen: { screen: 'catalogue', at: 0 } }]);
    expect(textIn(pressed(playing, 'r'))).toContain('reading them');
  });

  it('moves through the list, and Enter runs the selected one', () => {
    const open = pressed(listed, 'r');
    expect(textIn(open)).toContain('› redis-outage');
    expect(['j', 'j', 'k'].reduce(pressed, open).screens.at(-1)).toEqual({ screen: 'catalogue', at: 1 });
    expect(actionsOf(open, 'return')).toMatchObject([{ command: { do: 'run', scenario: 'redis-outage' } }, { screen: { screen: 'run' } }]);
  });

  it('says of a scenario that this world cannot run that it cannot, and why', () => {
    const one = { id: 'one', title: 'One', description: 'What it shows', durationMs: 16_000 };
    const refused = 'system.deliver: our own edges are not purged\nmethod.0.target: nor here';
    const scenarios = [{ ...one, id: 'fire-and-forget', refused }, one];
    const open = pressed(stateAfter(ready(), observed(), { type: 'scenarios', t: 2_000, scenarios }), 'r');
    const lines = textIn(open).split('\n');
    expect(lines.find((line) => line.includes('› fire-and-forget'))).toMatch(/not here *$/);
    expect(lines.find((line) => line.startsWith('  one'))).toMatch(/16 s *$/);
    const at = lines.findIndex((line) => line.startsWith('not here: system.deliver: our own edges are not purged'));
    expect(at).toBeGreaterThan(0);
    expect(lines[at + 1]).toMatch(/^method\.0\.target: nor here *$/);
    expect(textIn(pressed(open, 'j'))).not.toContain('not here: ');
  });

  it('asks before it stops a run, with Cancel focused, and leaves one that is over', () => {
    const asked = pressed(running(), 'escape');
    expect(topOf(asked)).toMatchObject({ screen: 'confirm', isAccepted: false });
    expect(topOf(pressed(asked, 'return'))).toMatchObject({ screen: 'run' });
    expect(actionsOf(asked, 'y')).toMatchObject([{ type: 'back' }, { command: { do: 'abort-run' } }]);
    expect(topOf(pressed(running(runReport()), 'escape'))).toMatchObject({ screen: 'catalogue' });
  });

  it('shows phases, faults, thresholds with what is known now, and checks while it runs', () => {
    const text = textIn(running());
    for (const part of [
      '› fault 5.8 s',
      'load 5.8 s of 20 s',
      'to come  redis-outage ends in 4.2 s',
      'now redis-outage 0.5',
      'checks, judged at the end',
    ])
      expect(text).toContain(part);
  });

  it('shows the report at the end, and the run that is under way when it is opened again', () => {
    const text = textIn(running(runReport('redis-outage')));
    for (const part of [
      '✗ fail exit code 1',
      'edge_hit_ratio redis-outage  0.4 (3 samples)',
      '✗ divergence',
      'what was found',
      'convergence',
    ])
      expect(text).toContain(part);
    const away = { ...running(), screens: [{ screen: 'overview' } as const] };
    expect(topOf(pressed(away, 'r'))).toMatchObject({ screen: 'run' });
  });

  it('is said once for a screen reader', () => {
    const said = spokenSince(running(), running(runReport()));
    expect(said.join('\n')).toMatch(/verdict fail\ndivergence: fail, a text/);
    const same = running();
    expect(spokenSince(same, same)).toEqual([]);
  });
});
