/** The page as a browser takes it: one file that asks for nothing, whatever the run was like. */
import { createHash } from 'node:crypto';
import { DOMParser, onErrorStopParsing } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { CHECKS, type CheckName } from '../../checks/checks.ts';
import { clockAhead, fault, KEY, origin, read, write } from '../../checks/testing/history.ts';
import { History } from '../../history/history.ts';
import { HOSTILE, headedHistory, lostHistory, reportSource, summaryOf } from '../testing/report.ts';
import { toHtml } from './page.ts';

/** Throws for what is not well-formed; browsers would guess. */
function wellFormed(page: string): string {
  new DOMParser({ onError: onErrorStopParsing }).parseFromString(page, 'application/xhtml+xml');
  return page;
}

const cut = fault('partition', 'edge:eu-west<->kafka', { fromMs: 2_500, toMs: 12_500, allowanceMs: 3_000 });

describe('report.html', () => {
  it('lets in its own style by its hash, and nothing else', () => {
    const page = toHtml(reportSource(lostHistory()));
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(page).toContain(
      `content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    );
  });

  it('names nothing outside itself, and runs nothing', () => {
    const page = toHtml(reportSource(lostHistory({ faults: [cut] })));
    expect(page).not.toMatch(
      /<(?:script|link|img|iframe|object|embed|base|form)\b|\ssrc=|\shref=(?!"#)|\sstyle=|\son\w+=|@import|https?:/i,
    );
    expect([...page.matchAll(/url\(([^)]*)\)/g)].map(([, target]) => target)).toSatisfy((targets: string[]) =>
      targets.every((target) => target === '#arrow'),
    );
  });

  it('has a table of contents whose links lead to its sections, in their order', () => {
    const page = toHtml(reportSource(lostHistory({ faults: [cut] })));
    const links = [...page.matchAll(/<a href="#([a-z]+)">/g)].map(([, id]) => id);
    expect(links).toEqual(['anomalies', 'checks', 'versions', 'staleness', 'latency', 'faults', 'figures', 'meanings']);
    expect([...page.matchAll(/<section id="([a-z]+)"/g)].map(([, id]) => id)).toEqual(links);
  });

  it('says of each check what it looks for, and leads there from its name', () => {
    const page = toHtml(reportSource(lostHistory()));
    const links = new Set([...page.matchAll(/<a class="check" href="#check-([a-z-]+)">\1<\/a>/g)].map(([, name = '']) => name));
    const meanings = new Map(
      [...page.matchAll(/<dt id="check-([a-z-]+)">.*?<dd>(.*?)<\/dd>/g)].map(([, name = '', about]) => [name, about]),
    );
    expect(links.size).toBeGreaterThan(0);
    expect([...meanings.keys()].sort()).toEqual([...links].sort());
    for (const [name, about] of meanings) expect(about).toBe(CHECKS[name as CheckName].about);
  });

  it('says how far behind each region was, and what was in force', () => {
    const page = toHtml(reportSource(lostHistory({ faults: [cut] })));
    expect(page.replace(/<[^>]*>/g, '')).toContain(
      'eu-west: answers labelled fresh were up to 1 version and 16 s behind during partition edge:eu-west&lt;-&gt;kafka.',
    );
  });

  it('draws the age of answers that were labelled stale apart', () => {
    const kinds = (status: 'fresh' | 'stale') => {
      const operations = [write(1, 1_000, { kind: 'create' }), write(2, 3_000), read(1, 9_000, { status })];
      const page = toHtml(reportSource({ history: headedHistory({ operations }) }));
      return [...page.matchAll(/<path class="(told|raw)"/g)].map(([, kind]) => kind);
    };
    expect(kinds('fresh')).toEqual(['raw']);
    expect(kinds('stale')).toEqual(['told']);
  });

  it('groups anomalies by check and key, and says the faults that they share once', () => {
    const anomalies = Array.from({ length: 9 }, (_, at) => ({
      anomaly: 'divergence',
      region: 'eu-west',
      key: `content:${at % 2}`,
      explain: `expected version ${at}; faults in that time: partition edge:eu-west<->kafka`,
      witness: [],
    }));
    const page = toHtml(reportSource({ anomalies, history: headedHistory({ operations: [] }), summary: summaryOf({ verdict: 'fail' }) }));
    expect(page).toContain(
      '<h3 class="group"><a class="check" href="#check-divergence">divergence</a> <small>9 anomalies of 2 keys</small></h3>',
    );
    const [details = ''] = /<details>.*<\/details>/s.exec(page) ?? [];
    expect([...details.matchAll(/<p class="of-key">(\S+) /g)].map(([, key]) => key).sort()).toEqual(['content:0', 'content:1']);
    expect(details.match(/partition/g)).toHaveLength(2);
  });

  it('says on which machine and of which commit a run in real time was, where the history tells', () => {
    const { history, summary } = lostHistory();
    const { head } = history;
    if (head === undefined) throw new Error('expected a head');
    const told = new History();
    const host = { platform: 'linux', arch: HOSTILE, processors: 1, node: '24.0.0' };
    told.begin({ ...head, host, commit: '0123456789abcdef0123456789abcdef01234567' });
    const words = wellFormed(toHtml(reportSource({ history: told, summary }))).replace(/<(?!script)[^>]*>/g, ' ');
    expect(words).toMatch(/ host {2}linux &lt;script&gt;.*, 1 processor {4}Node {2}24\.0\.0 {4}commit {3}0123456789ab /);
    expect(toHtml(reportSource({ history, summary }))).not.toMatch(/<dt>(?:host|Node|commit)<\/dt>/);
    expect(words).toMatch(/ started {2}/);
    const virtual = { ...reportSource({ history: told, summary }), backend: 'simulated' } as const;
    expect(toHtml(virtual)).toContain('<dt>virtual clock from</dt>');
    expect(toHtml(virtual)).not.toContain('<dt>started</dt>');
  });

  it('says the verdict in words first, why, and how to run it again', () => {
    const page = toHtml(reportSource({ ...lostHistory(), title: 'An edge loses Kafka' }));
    expect(page).toContain('</span>Fail</p>');
    expect(page).toContain('1 of 1 check failed over 3 reads and 2 writes in 2 regions: lost-invalidation (1 anomaly).');
    expect(page).toContain('<code>edgesync-lab run one</code>');
    expect(page).toContain('<title>fail: An edge loses Kafka</title>');
  });

  it.each([
    ['Pass', summaryOf()],
    ['Unknown', summaryOf({ verdict: 'unknown', exitCode: 2, checks: [] })],
    ['Stopped', summaryOf({ status: 'aborted', verdict: 'unknown', exitCode: 105 })],
    ['The lab failed', summaryOf({ status: 'failed', verdict: 'unknown', exitCode: 107, error: 'lost' })],
    ['Not healed', summaryOf({ exitCode: 111, heal: { clean: false, left: ['x'] } })],
    [
      'Threshold crossed',
      summaryOf({ exitCode: 99, thresholds: [{ metric: 'm', threshold: 'p(99)<1', ok: false, value: 2, samples: 9 }] }),
    ],
  ])('says %s', (word, summary) => {
    expect(wellFormed(toHtml(reportSource({ summary })))).toContain(`</span>${word}</p>`);
  });

  it('draws the witness of an anomaly: its moments in order, where they were, and what never came', () => {
    const page = toHtml(reportSource(lostHistory({ faults: [cut] })));
    const items = [...page.matchAll(/<li class="(?:culprit|ordinary)">(.*?)<\/li>/gs)].map(([, item = '']) => item.replace(/<[^>]*>/g, ''));
    expect(items).toEqual([
      '2.001 s eu-west v1 · fetched from the origin, by the clock of the edge',
      '3.000 s origin v2 · update of content:7, answered after 5 ms',
      '3.004 s log v2 · the log has the event of this version, by the clock of the origin',
      expect.stringMatching(/ eu-west .* waiting|19\.000 s eu-west v1/),
    ]);
    expect(page).toContain('not seen to be applied in eu-west');
    expect(page).toMatch(/<title>partition edge:eu-west&lt;-&gt;kafka, 2\.500 s to 12\.500 s<\/title><rect class="band"/);
  });

  it('puts what a service dates where it was, however far off its clock is', () => {
    const operations = [write(1, 1_000), write(2, 3_000), read(1, 9_000, { final: true, phase: 'final', cachedMs: 2_000 + 3_600_000 })];
    const { history, summary } = lostHistory({ operations, readings: clockAhead(3_600_000) });
    expect(toHtml(reportSource({ history, summary }))).toContain('2.008 s');
  });

  it('shows what each region served, behind the origin or not', () => {
    const page = toHtml(reportSource(lostHistory()));
    expect(page).toContain('v1, 1 behind, labelled fresh: 2 reads, 2.00 s to 19.00 s');
    expect(page).toContain('origin: v2 from 3.00 s to 20.00 s');
  });

  it('shows the strategy of each region beside its delay, and where it changed', () => {
    const { history, summary } = lostHistory();
    expect(toHtml(reportSource({ history, summary }))).toContain('staleness of us-east, at most ');
    history.add('strategy', { region: 'us-east', atMs: 0, strategy: 'eager' });
    history.add('strategy', { region: 'us-east', atMs: 4_000, strategy: 'lazy' });
    const page = wellFormed(toHtml(reportSource({ history, summary })));
    expect(page).toContain('staleness of us-east, eager, lazy from 4.00 s, at most ');
    expect([...page.matchAll(/<title>(\w+ from [^<]*)<\/title><line/g)].map(([, title]) => title)).toEqual(['lazy from 4.00 s']);
  });

  it('is well-formed and unharmed by what titles, keys, slots and errors hold', () => {
    const key = `content:${HOSTILE}`;
    const operations = [
      write(1, 1_000, { key, slot: HOSTILE }),
      read(1, 2_000, { key, slot: HOSTILE }),
      write(2, 3_000, { key, slot: HOSTILE }),
      read(1, 9_000, { key, slot: HOSTILE, final: true, error: HOSTILE }),
    ];
    const { history, summary } = lostHistory({ operations, held: [origin(2, { key, slot: HOSTILE })], faults: [cut] });
    const page = toHtml(
      reportSource({ history, summary: { ...summary, reproduce: HOSTILE }, title: HOSTILE, description: HOSTILE, version: HOSTILE }),
    );
    expect(wellFormed(page)).not.toMatch(/<script|\son\w+='/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(page).not.toMatch(/[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff\u202e]/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;');
  });

  it('is the same to the byte for the same run', () => {
    expect(toHtml(reportSource(lostHistory()))).toBe(toHtml(reportSource(lostHistory())));
  });

  it('stays below a megabyte for a run of 30,000 reads and 3,000 writes', () => {
    const operations = Array.from({ length: 33_000 }, (_, at) => {
      const atMs = 10 + at * 0.6;
      return at % 11 === 0
        ? write(1 + at / 11, atMs)
        : read(1 + Math.floor(at / 11), atMs, { key: KEY, region: at % 2 === 0 ? 'us-east' : 'eu-west' });
    });
    expect(wellFormed(toHtml(reportSource({ history: headedHistory({ operations }) }))).length).toBeLessThan(1_000_000);
  });

  it('draws a run that ended before anything was known', () => {
    const summary = summaryOf({ status: 'failed', exitCode: 107, checks: [], convergence: {}, staleness: {}, consistency: {} });
    expect(wellFormed(toHtml(reportSource({ summary })))).toContain('Nothing was judged.');
  });
});
