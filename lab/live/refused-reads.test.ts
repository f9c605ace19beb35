/** What is said of reads that got no answer. */
import { describe, expect, it } from 'vitest';
import { RefusedReads } from './refused-reads.ts';

const AWAY = 'not cached, and the origin does not answer: no usable answer from http://127.0.0.1:4000: no answer within 2000 ms';
const SHORT = '503: not cached, and the origin does not answer: no usable answer: no answer within 2000 ms';

function watch() {
  const notes: string[] = [];
  return { notes, refused: new RefusedReads((tone, text) => notes.push(`${tone} ${text}`)) };
}

describe('refused reads', () => {
  it('are counted by reason, whatever read it was, for ten seconds', () => {
    const { refused } = watch();
    refused.add('us-east', `expected 200, got 503: ${AWAY}`, 1_000);
    refused.add('us-east', `expected 200, got 503: ${AWAY}`, 2_000);
    for (const id of [4, 17]) refused.add('eu-west', `GET http://127.0.0.1:5002/api/content/${id}: connection refused`, 3_000);
    expect(refused.of(9_000)).toEqual({
      'us-east': [{ why: SHORT, count: 2 }],
      'eu-west': [{ why: 'connection refused', count: 2 }],
    });
    expect(refused.of(11_500)).toMatchObject({ 'us-east': [{ count: 1 }] });
    expect(refused.of(20_000)).toEqual({});
  });

  it('are told once with each reason, and once more when every read is answered again', () => {
    const { notes, refused } = watch();
    for (let at = 0; at < 50; at += 1) refused.add('us-east', `expected 200, got 503: ${AWAY}`, at);
    refused.add('us-east', 'GET http://127.0.0.1:5001/api/content/4: connection refused', 60);
    expect(notes).toEqual([`warning us-east refuses reads: ${SHORT}`, 'warning us-east refuses reads: connection refused']);
    expect(refused.of(5_000)['us-east']?.map(({ count }) => count)).toEqual([50, 1]);
    refused.of(10_100);
    refused.of(11_100);
    expect(notes.slice(2)).toEqual(['good us-east answers every read again']);
    refused.add('us-east', 'GET http://127.0.0.1:5001/api/content/4: connection refused', 12_000);
    expect(notes.slice(3)).toEqual(['warning us-east refuses reads: connection refused']);
  });

  it('have so many reasons at most', () => {
    const { notes, refused } = watch();
    for (let at = 0; at < 50; at += 1) refused.add('us-east', `reason ${at}`, at);
    expect(notes).toHaveLength(5);
    expect(refused.of(100)['us-east']).toHaveLength(5);
  });
});
