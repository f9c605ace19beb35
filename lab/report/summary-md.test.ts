/** summary.md as a CI server shows it. */
import { describe, expect, it } from 'vitest';
import { toMarkdown } from './summary-md.ts';
import { HOSTILE, lostHistory, reportSource, summaryOf } from './testing/report.ts';

describe('summary.md', () => {
  it('says the verdict, why, what failed with an anomaly, the regions, and how to run it again', () => {
    const text = toMarkdown(reportSource({ ...lostHistory(), title: 'An edge loses Kafka' }));
    expect(text.split('\n\n')).toEqual([
      '## ❌ Fail: An edge loses Kafka',
      '1 of 1 check failed over 3 reads and 2 writes in 2 regions: lost-invalidation (1 anomaly).',
      'eu-west: answers labelled fresh were up to 1 version and 16 s behind. 1 of 4 answers that could be old was older than delays and faults allow.',
      expect.stringMatching(
        /^- ❌ \*\*lost-invalidation\*\* fail \(1 anomaly\): 1 of 2 keys .*\n {2}- at eu-west, key content:7: expected version 2 in eu-west/,
      ),
      expect.stringMatching(/^\| region \| answers \| .*\n.*\n\| us-east \| 3 \| 1 \| 3 \| 4 \| – \| – \| 120 \|$/),
      'Write seen after: the time until a read showed the write. For a key that is seldom read this time is long.',
      'Scenario one, embedded, seed 42. To run the scenario again:',
      '```sh\nedgesync-lab run one\n```\n',
    ]);
  });

  it('has a line for each threshold: held, crossed, unknown', () => {
    const thresholds = [
      { metric: 'staleness', threshold: 'p(99)<900', ok: true, value: 12.3456, samples: 4 },
      { metric: 'edge_hit_ratio', threshold: 'rate>0.9', ok: false, value: 0.5, samples: 4 },
      { metric: 'purges', threshold: 'count>0', ok: false, value: null, samples: 0 },
    ];
    expect(toMarkdown(reportSource({ summary: summaryOf({ thresholds }) }))).toContain(
      [
        '| staleness p(99)&lt;900 | ✅ held | 12.35 | 4 |',
        '| edge\\_hit\\_ratio rate&gt;0.9 | ❌ crossed | 0.5 | 4 |',
        '| purges count&gt;0 | ❔ unknown | – | 0 |',
      ].join('\n'),
    );
  });

  it('shows three anomalies of a check and counts the others', () => {
    const anomalies = Array.from({ length: 9 }, (_, at) => ({
      anomaly: 'divergence',
      region: 'eu-west',
      key: `content:${at}`,
      explain: 'expected v2, got v1',
      witness: [],
    }));
    const checks = [{ check: 'divergence', verdict: 'fail', reason: '9 of 9 keys differ', anomalies: 9 } as const];
    const text = toMarkdown(reportSource({ anomalies, summary: summaryOf({ verdict: 'fail', exitCode: 1, checks }) }));
    expect(text.match(/^ {2}- at/gm)).toHaveLength(3);
    expect(text).toContain('  - and 6 more, in report.html');
  });

  it('is unharmed by what titles, keys, reasons and errors hold', () => {
    const anomaly = { anomaly: 'divergence', region: HOSTILE, key: HOSTILE, explain: `${HOSTILE}\n# x`, witness: [] };
    const checks = [{ check: 'divergence', verdict: 'fail', reason: `${HOSTILE}\n| x |`, anomalies: 1 } as const];
    const summary = summaryOf({ status: 'failed', error: `- ${HOSTILE}\n# x`, checks, reproduce: `${HOSTILE}\n\`\`\`\n# x` });
    const text = toMarkdown(reportSource({ scenario: HOSTILE, title: `${HOSTILE}\n# x`, anomalies: [anomaly], summary }));
    const [prose, code] = text.split('````sh');
    expect(prose).not.toContain('<script');
    expect(code?.split('\n')).toHaveLength(4);
    expect(text.match(/^#.*/gm)).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff\u202e]/);
  });
});
