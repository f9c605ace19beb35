/** A trace of a write across services whose clocks are not the lab's. */
import { describe, expect, it } from 'vitest';
import type { ProcessReport } from '../../services/protocol/process.ts';
import { clocksText, TraceClocks } from './trace-clocks.ts';
import { type Sighted, toSteps } from './trace-steps.ts';

const SENT_AT = 1_000_000;
const told = (now: number): ProcessReport => ({ now, heldMs: 2, eventLoop: null });

/** The edge's clock is ahead by so much, the origin's, the log's; each was asked for 6 ms. */
function clocksOf(ahead: { readonly origin: number; readonly edge: number }): TraceClocks {
  const clocks = new TraceClocks();
  const times = { askedAt: SENT_AT + 900, answeredAt: SENT_AT + 906 };
  clocks.saw('origin', told(SENT_AT + 903 + ahead.origin), times);
  clocks.saw('edge:eu-west', told(SENT_AT + 903 + ahead.edge), times);
  return clocks;
}

function traced({ origin = 0, edge = 0, log = 0 }) {
  const event = { id: 'e', type: 'key', target: 'content:1', version: 2 } as const;
  const clocks = clocksOf({ origin, edge });
  const at = (ms: number, aheadMs: number) => SENT_AT + ms + aheadMs;
  const applied = {
    ...event,
    mode: 'hard',
    partition: 0,
    offset: 1,
    recordedAt: at(14, log),
    arrivedAt: at(17, edge),
    // As an edge counts: from the earlier of the record's time and its own.
    dueAt: Math.min(at(14, log), at(17, edge)) + 300,
    appliedAt: at(321, edge),
  } as const;
  const read = { found: true, version: 2, source: 'origin', status: 'fresh', cachedAt: 0, body: 'b' } as const;
  const sighted: Sighted = {
    id: 1,
    before: 1,
    sentAt: SENT_AT,
    judgedAt: SENT_AT + 950,
    regions: [{ region: 'eu-west', url: '', delayMs: 300, strategy: 'eager' }],
    published: { ...event, createdAt: at(5, origin), claimedAt: at(9, origin), sentAt: at(13, origin) },
    sights: [{ applied, reads: [{ ...read, startedAt: SENT_AT + 330, endedAt: SENT_AT + 340 }], listedAt: SENT_AT + 360 }],
    clocks,
  };
  const { steps, isLogOff } = toSteps(sighted);
  const times = steps.map(({ ms, regions }) => [...(ms === undefined ? [] : [ms]), ...Object.values(regions ?? {})]);
  return { times, isLogOff, others: clocks.others() };
}

const SAME = [[0], [5], [9], [13], [14, 17], [314], [321], [340], [360], [950]];

describe('the steps of a write', () => {
  it('are as they were stamped where the clocks may be the lab’s', () => {
    for (const edge of [0, 3, -3]) {
      const { times, others } = traced({ edge });
      expect([times[6], others]).toEqual([[321 + edge], []]);
    }
    expect(traced({}).times).toEqual(SAME);
  });

  it.each([
    ['ahead', 7_200_000],
    ['behind', -90_000],
  ])('are on the lab’s clock where the edge’s is %s', (_title, edge) => {
    const { times, others } = traced({ edge });
    const near = (ms: number) => expect.closeTo(ms, -1);
    const [due = Number.NaN] = times[5] ?? [];
    expect(due).toBeGreaterThanOrEqual(16);
    expect(due).toBeLessThanOrEqual(322);
    expect(times.flat()).toEqual(SAME.flatMap((step, at) => (at === 5 ? [due] : step.map(near))));
    expect(others).toEqual([{ of: 'edge:eu-west', aheadMs: near(edge), withinMs: 4 }]);
  });

  it('are on the lab’s clock where the origin’s is another', () => {
    expect(traced({ origin: 40_000 }).times.slice(1, 4).flat()).toEqual([5, 9, 13].map((ms) => expect.closeTo(ms, -1)));
  });

  it('put what the log stamped by another clock between what came before and after, and say so', () => {
    for (const log of [50_000, -50_000]) {
      const { times, isLogOff } = traced({ log });
      expect(isLogOff).toBe(true);
      expect(times.flat().every((ms) => ms !== null && ms >= 0 && ms <= 950)).toBe(true);
    }
  });

  it('are said to be corrected, with what is known of each clock', () => {
    expect(clocksText([])).toEqual([]);
    expect(
      clocksText([
        { of: 'origin', aheadMs: -300, withinMs: 4 },
        { of: 'kafka', aheadMs: null, withinMs: null },
      ]),
    ).toEqual([
      "clocks that are not the lab's, whose times are corrected: that of origin by 300 ms behind, to within 4; that of kafka by nobody knows how much, so its time stands between what came before and after",
    ]);
  });
});
