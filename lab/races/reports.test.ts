/** What is left of races: JUnit and the page. */
import { describe, expect, it } from 'vitest';
import { railsLine } from '../rails/rails-line.ts';
import { type RacedTarget, racesJunit } from './junit.ts';
import { racesHtml } from './page.ts';
import type { Outcome, RaceResult } from './race.ts';

const result = (race: string, outcome: Outcome): RaceResult => ({
  race,
  outcome,
  why: `why <${outcome}>`,
  way: { mode: 'hard', type: 'key' },
  steps: [
    { who: 'origin', atMs: 1, text: 'holds version 2' },
    { who: 'reader', atMs: 1_250, text: 'gets version 1 <hit>' },
  ],
});
const raced = (...results: readonly RaceResult[]): RacedTarget => ({
  name: 'mine',
  raced: { results, selfChecked: { mistakes: [], steps: [] } },
});
const mistaken: RacedTarget = { name: 'other', raced: { results: [], selfChecked: { mistakes: ['a "mistake"'], steps: [] } } };
const purgeless: RacedTarget = {
  name: 'purgeless',
  raced: { results: [], selfChecked: { mistakes: [], steps: [] }, nothing: 'nothing to race' },
};
const broken: RacedTarget = { name: 'gone', broken: 'it ended' };
const OPTIONS = { failing: ['kept'], version: '1', reproduce: 'edgesync-lab races mine' } as const;

const RAILS = {
  hosts: [
    { host: 'cdn.example', addresses: ['192.0.2.1', '192.0.2.2'], isNamed: true },
    { host: 'localhost', addresses: ['127.0.0.1'], isNamed: false },
  ],
  perSecond: 5,
  allowsWidePurge: true,
  requests: 71,
  purges: 9,
  stopped: 'stopped: <429>',
} as const;

describe('reports of live targets', () => {
  it('say whom the lab was allowed to ask, at which addresses, and how much it has sent', () => {
    const junit = racesJunit([raced(result('plain', 'ok'))], { ...OPTIONS, rails: RAILS });
    expect(junit).toContain('<property name="allow-external" value="cdn.example 192.0.2.1 192.0.2.2"/>');
    for (const [name, value] of [
      ['allow-wide-purge', 'yes'],
      ['rate', '5'],
      ['requests', '71'],
      ['purges', '9'],
    ])
      expect(junit).toContain(`<property name="${name}" value="${value}"/>`);
    const page = racesHtml([raced(result('plain', 'ok'))], { ...OPTIONS, rails: RAILS });
    for (const text of ['cdn.example', '192.0.2.1, 192.0.2.2', '--allow-external', 'this machine', 'stopped: &lt;429&gt;', 'were allowed'])
      expect(page).toContain(text);
    expect(railsLine(RAILS)).toBe(
      'sent 71 requests, 9 of them purges, to cdn.example (192.0.2.1, 192.0.2.2, allowed by name) and localhost (127.0.0.1), at most 5 a second; wide purges were allowed',
    );
    expect(racesJunit([raced()], OPTIONS)).not.toContain('allow-external');
  });
});

describe('JUnit of races', () => {
  it('has a failure for what was kept, with its steps, and skips what was not judged', () => {
    const text = racesJunit(
      [raced(result('plain', 'ok'), result('in-head', 'kept'), result('join', 'late'), result('in-304', 'unjudged'))],
      OPTIONS,
    );
    expect(text).toContain('<testsuite name="mine" tests="5" failures="1" errors="0" skipped="1" time="5.000">');
    expect(text).toContain(
      '<testcase classname="edgesync-lab.races.mine.hard-key" name="in-head" time="1.250">\n<failure type="kept" message="why &lt;kept&gt;">\n1 ms origin: holds version 2\n1250 ms reader: gets version 1 &lt;hit&gt;\n</failure>',
    );
    expect(text).toContain('<skipped message="why &lt;unjudged&gt;"/>');
  });

  it('has a failure for late, too, where that fails', () => {
    expect(racesJunit([raced(result('join', 'late'))], { ...OPTIONS, failing: ['kept', 'late'] })).toContain('<failure type="late"');
  });

  it('has an error for a target that was not judged', () => {
    const text = racesJunit([mistaken, broken], OPTIONS);
    expect(text).toContain('<testsuites name="edgesync-lab" tests="2" failures="0" errors="2" skipped="0" time="0.000">');
    expect(text).toContain('<error type="self-check" message="a &quot;mistake&quot;">');
    expect(text).toContain('<error type="broken" message="it ended">');
  });
});

it('JUnit of a target that had nothing to race skips its races', () => {
  const text = racesJunit([purgeless], OPTIONS);
  expect(text).toContain('<testsuite name="purgeless" tests="2" failures="0" errors="0" skipped="1" time="0.000">');
  expect(text).toContain('<skipped message="nothing to race"/>');
});

describe('the page of races', () => {
  it('says what was kept, in lanes', () => {
    const text = racesHtml([raced(result('plain', 'ok'), result('in-head', 'kept'))], OPTIONS);
    expect(text).toContain('<header class="fail">');
    expect(text).toContain('In 1 of 2 races the old version');
    expect(text).toContain('<h3>in-head <small>hard key</small></h3>');
    expect(text).toContain('<td class="text">gets version 1 &lt;hit&gt;</td>');
    expect(text).not.toContain('<hit>');
  });

  it('says how often each outcome came, where a race was run more than once', () => {
    const text = racesHtml([raced(result('in-head', 'kept'), result('in-head', 'ok'), result('in-head', 'ok'))], OPTIONS);
    expect(text).toMatch(/kept 1×<\/span> <span class="mark pass">ok 2×/);
    expect(text.match(/<h3>/g)).toHaveLength(1);
  });

  it.each([
    ['pass', [raced(result('plain', 'ok'), result('in-304', 'unjudged'))]],
    ['unknown', [raced(result('in-304', 'unjudged'))]],
    ['unknown', [raced(result('plain', 'ok')), mistaken]],
    ['unknown', [raced(result('plain', 'ok')), broken]],
    ['unknown', [purgeless]],
    ['fail', [raced(result('plain', 'kept')), broken]],
  ] as const)('is %s', (kind, targets) => {
    expect(racesHtml(targets, OPTIONS)).toContain(`<header class="${kind}">`);
  });
});
