/** Reports as CI servers read them: whatever the run was like, well-formed XML, red unless it passed. */
import { DOMParser, type Element, onErrorStopParsing } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { toJunit } from './junit.ts';
import { HOSTILE, lostHistory, reportSource, summaryOf } from './testing/report.ts';

function parse(text: string): Element {
  const root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(text, 'text/xml').documentElement;
  if (root === null) throw new Error('expected a root element');
  return root;
}

const all = (root: Element, name: string) => Array.from(root.getElementsByTagName(name));

function casesOf(text: string): Readonly<Record<string, string>> {
  const cases = all(parse(text), 'testcase').map((of) => {
    const problem = all(of, 'failure').concat(all(of, 'error'))[0];
    return [`${of.getAttribute('classname')} ${of.getAttribute('name')}`, problem?.tagName ?? 'passed'] as const;
  });
  return Object.fromEntries(cases);
}

describe('junit.xml', () => {
  it('has a case for the run, for each check and for each threshold', () => {
    const thresholds = [
      { metric: 'edge_read_duration', threshold: 'p(99)<210', ok: true, value: 48, samples: 1200 },
      { metric: 'staleness', threshold: 'p(99)<900', ok: false, value: 1204, samples: 300 },
      { metric: 'edge_hit_ratio{region:us-east}', threshold: 'rate>0.9', ok: false, value: null, samples: 0 },
    ];
    const checks = [
      { check: 'divergence', verdict: 'pass', reason: 'all equal', anomalies: 0 },
      { check: 'mislabelled', verdict: 'unknown', reason: 'nothing to judge', anomalies: 0 },
    ] as const;
    const text = toJunit(reportSource({ summary: summaryOf({ verdict: 'unknown', exitCode: 99, checks: [...checks], thresholds }) }));
    expect(casesOf(text)).toEqual({
      'edgesync-lab.one.run run': 'passed',
      'edgesync-lab.one.checks divergence': 'passed',
      'edgesync-lab.one.checks mislabelled': 'error',
      'edgesync-lab.one.thresholds edge_read_duration p(99)<210': 'passed',
      'edgesync-lab.one.thresholds staleness p(99)<900': 'failure',
      'edgesync-lab.one.thresholds edge_hit_ratio{region:us-east} rate>0.9': 'error',
    });
    const [suite] = all(parse(text), 'testsuite');
    expect(['tests', 'failures', 'errors'].map((name) => suite?.getAttribute(name))).toEqual(['6', '1', '2']);
  });

  it('tells each anomaly of a failed check in a sentence', () => {
    const [failure] = all(parse(toJunit(reportSource(lostHistory()))), 'failure');
    expect(failure?.getAttribute('message')).toBe('1 of 2 keys are behind the origin after settle');
    expect(failure?.textContent).toContain(
      'eu-west content:7: expected version 2 in eu-west, got version 1 labelled fresh from the cache after settle',
    );
  });

  it('says which seed, backend and command made it', () => {
    const properties = all(parse(toJunit(reportSource())), 'property').map((of) => [of.getAttribute('name'), of.getAttribute('value')]);
    expect(Object.fromEntries(properties)).toMatchObject({
      seed: '42',
      backend: 'embedded',
      version: '0.1.0',
      reproduce: 'edgesync-lab run one',
    });
  });

  it.each([
    ['failed', summaryOf({ status: 'failed', verdict: 'unknown', exitCode: 107, error: 'postgres not ready after 9 ms\nlook there' })],
    ['aborted', summaryOf({ status: 'aborted', verdict: 'unknown', exitCode: 105 })],
    ['not healed', summaryOf({ exitCode: 111, heal: { clean: false, left: ['partition edge:eu-west<->kafka'] } })],
    ['without a check', summaryOf({ verdict: 'unknown', exitCode: 2, checks: [] })],
  ])('is red for a run that was %s', (_, summary) => {
    expect(casesOf(toJunit(reportSource({ summary })))['edgesync-lab.one.run run']).toBe('error');
  });

  it('is well-formed whatever titles, reasons and errors hold', () => {
    const checks = [{ check: 'divergence', verdict: 'unknown', reason: HOSTILE, anomalies: 0 }] as const;
    const summary = summaryOf({ status: 'failed', error: HOSTILE, checks: [...checks], reproduce: HOSTILE });
    const text = toJunit(reportSource({ title: HOSTILE, summary }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff\u202e]/);
    const title = all(parse(text), 'property').find((of) => of.getAttribute('name') === 'title');
    expect(title?.getAttribute('value')).toContain('<script>alert(1)</script>]]>');
  });
});
