/** What looks come to: of a content that is there, in the version that the origin holds, and in any other. */
import { expect, it } from 'vitest';
import type { TargetRead } from '../targets/read-answer.ts';
import type { Look } from './look.ts';
import { takeLooks } from './looks.ts';
import { judgeLooks } from './outcome.ts';

const HARD = { mode: 'hard', type: 'key' } as const;
const LABELLED = { label: 'hit', isCalledFresh: false, fetch: undefined, askedAt: undefined, run: undefined } as const;

const content = (version: number | undefined): TargetRead => ({ version, found: true, status: 200, ...LABELLED });
const missing = (version: number): TargetRead => ({ version, found: false, status: 404, ...LABELLED });
const judged = (...looks: readonly Look[]) => judgeLooks({ way: HARD, wanted: 2, looks });

it.each([
  ['the version that the origin holds', [content(2), content(2)], 'ok', 'version 2 after the purge'],
  ['an older one', [content(2), content(1)], 'kept', 'version 1 (hit) is still served, but the origin holds version 2'],
  ['a 404 of before its creation', [missing(0)], 'kept', 'a 404 of version 0 (hit) is still served, but the origin holds version 2'],
  ['an older one for a moment', [content(1), content(2)], 'late', '1 of 2 reads after the purge got version 1 (hit)'],
  ['a version that there is not', [content(2), content(9)], 'unjudged', 'the origin never held version 9 (hit): it holds version 2'],
  ['a 404 of what is there', [missing(2), content(2)], 'unjudged', 'the origin never held a 404 of version 2 (hit): it holds version 2'],
  [
    'an older one after what there is not',
    [content(9), content(1)],
    'kept',
    'version 1 (hit) is still served, but the origin holds version 2',
  ],
  ['nothing', [content(2), undefined], 'unjudged', 'not every reader got a version: version 2 (hit), no answer'],
] as const)('%s', (_what, looks, outcome, why) => {
  expect(judged(...looks)).toEqual({ outcome, why });
});

it('who joined is looked at, too', () => {
  const joined = [content(9)];
  expect(judgeLooks({ way: HARD, wanted: 2, looks: [content(2)], joined }).outcome).toBe('unjudged');
});

it('looks go on for a second where the answer is none that the origin has held', async () => {
  const waits: number[] = [];
  const ask = async () => content(9);
  const looks = await takeLooks({ wanted: 2, moment: async (ms) => void waits.push(ms), ask });
  expect([looks.length, waits.reduce((sum, ms) => sum + ms, 0)]).toEqual([4, 1_200]);
});
