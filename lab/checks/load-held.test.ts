import { describe, expect, it } from 'vitest';
import type { History } from '../history/history.ts';
import type { Operation } from '../history/records.ts';
import { beginLoadHeld } from './load-held.ts';
import { passOver } from './pass.ts';
import { fault, headOf, historyOf, read, write } from './testing/history.ts';

const FAULTS = [fault('kill', 'origin', { fromMs: 1_000, toMs: 2_000 })];

function judgeLoad(history: History) {
  const load = beginLoadHeld(history);
  passOver(history, 'adjusted', [load]);
  return load.result();
}

interface Sent {
  readonly reads?: number;
  readonly writes?: number;
  /** How many reads were late, and by how much. */
  readonly late?: number;
  readonly byMs?: number;
  readonly hasFaults?: boolean;
  /** By a load generator. */
  readonly generated?: true;
}

/** Of a plan of 100 reads and 20 writes in 10 s. */
function judge({ reads = 100, writes = 20, late = 0, byMs = 0, hasFaults = false, generated }: Sent) {
  const operations: Operation[] = [
    ...Array.from({ length: reads }, (_, at) => read(1, 1_000 + at, at < late ? { dueMs: 1_000 + at - byMs } : {})),
    ...Array.from({ length: writes }, (_, at) => write(at + 2, 1_000 + at)),
    // Of the warm-up: no part of the load.
    read(1, 10, { phase: 'warmup' }),
    write(1, 5, { phase: 'warmup' }),
  ];
  const history = historyOf({ operations, faults: hasFaults ? FAULTS : [] });
  history.add('load', { fromMs: 1_000, durationMs: 10_000, reads: 100, writes: 20, ...(generated && { generated }) });
  return { history, judged: () => judgeLoad(history) };
}

describe('a load', () => {
  it('that was held needs no word', () => {
    expect(judge({}).judged()).toEqual([]);
    expect(judge({ reads: 95, writes: 19, late: 4, byMs: 5_000 }).judged()).toEqual([]);
    expect(judge({ late: 100, byMs: 500 }).judged()).toEqual([]);
    expect(judge({ late: 1, byMs: 5_000, generated: true }).judged()).toEqual([]);
    expect(judge({ late: 100, byMs: 10, generated: true }).judged()).toEqual([]);
  });

  it.each([
    ['without reads', { reads: 0 }, 'unknown', 'the load sent no read, so the run shows nothing'],
    ['without writes', { writes: 0 }, 'unknown', 'the load sent no write, so the run shows nothing'],
    ['without anything', { reads: 0, writes: 0 }, 'unknown', 'the load sent neither a read nor a write, so the run shows nothing'],
    ['that the lab sent late', { late: 6, byMs: 501 }, 'unknown', expect.stringContaining('sent 6 of 100 reads over 500 ms late')],
    [
      'that a generator sent late',
      { late: 2, byMs: 10.1, generated: true },
      'unknown',
      expect.stringMatching(
        /^the load generator itself was the limit: it sent 2 of 100 reads \(2\.0 %\) more than 10 ms after they were due; /,
      ),
    ],
    [
      'that a generator could not send',
      { reads: 60, late: 60, byMs: 4_000, generated: true },
      'unknown',
      expect.stringContaining('it sent 60 of 60 reads (100.0 %) more than 10 ms after they were due, and 40 not at all'),
    ],
    ['with too few writes', { writes: 18 }, 'unknown', expect.stringContaining('100 of 100 reads and 18 of 20 writes were sent')],
    ['with too few writes under faults', { writes: 18, hasFaults: true }, 'pass', expect.stringContaining('18 of 20 writes')],
  ] as const)('%s is told', (_what, sent, verdict, reason) => {
    expect(judge(sent).judged()).toEqual([{ check: 'load', verdict, reason, anomalies: [] }]);
  });

  it('of a run that was stopped is no pass, and nobody says that keys were in doubt', () => {
    const { history, judged } = judge({ reads: 40, writes: 8, hasFaults: true });
    history.begin(headOf());
    const reason = 'the run did not reach its end: 40 of 100 reads and 8 of 20 writes were sent';
    expect(judged()).toEqual([{ check: 'load', verdict: 'unknown', reason, anomalies: [] }]);
    history.finish(12_000);
    expect(judged()).toMatchObject([{ verdict: 'pass' }]);
  });

  it('that a threshold ended is no pass', () => {
    const { history, judged } = judge({ reads: 50, writes: 10 });
    history.add('abort', { metric: 'staleness', threshold: 'max<9', value: 10, samples: 3, atMs: 6_000 });
    expect(judged()).toMatchObject([
      { verdict: 'unknown', reason: 'the load ended after 5000 of 10000 ms, because staleness max<9 was crossed' },
    ]);
  });
});
