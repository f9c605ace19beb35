import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Outcome, TurnBatches } from './turn-batches.ts';

/** Each batch as it was sent, and how it is to be answered. */
function createBatches(partMax = 10) {
  const sent: {
    readonly questions: readonly string[];
    readonly answer: (outcomes: readonly Outcome<string>[]) => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  const batches = new TurnBatches<string>((questions) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Outcome<string>[]>();
    sent.push({ questions, answer: resolve, fail: reject });
    return promise;
  }, partMax);
  return { batches, sent };
}

describe('questions of a turn', () => {
  it('are sent together when it ends, each once', async () => {
    const { batches, sent } = createBatches();
    const asked = ['a', 'b', 'a'].map((question) => batches.ask(question));
    await Promise.resolve();
    asked.push(batches.ask('b'));
    expect(sent).toHaveLength(0);
    await nextTurn();
    expect(sent.map(({ questions }) => questions)).toEqual([['a', 'b']]);
    sent[0]?.answer([{ answer: 'A' }, { answer: 'B' }]);
    expect(await Promise.all(asked)).toEqual(['A', 'B', 'A', 'B']);
  });

  it('are not joined once they are sent: what is asked then must not be answered with what was so before', async () => {
    const { batches, sent } = createBatches();
    const before = batches.ask('a');
    await nextTurn();
    const after = batches.ask('a');
    await nextTurn();
    expect(sent.map(({ questions }) => questions)).toEqual([['a'], ['a']]);
    sent[1]?.answer([{ answer: 'new' }]);
    sent[0]?.answer([{ answer: 'old' }]);
    expect([await before, await after]).toEqual(['old', 'new']);
  });

  it('are sent in parts where they are many: what is answered neither waits for the rest nor fails with it', async () => {
    const { batches, sent } = createBatches(2);
    const [a, b, c] = ['a', 'b', 'c', 'a'].map((question) => batches.ask(question));
    await nextTurn();
    expect(sent.map(({ questions }) => questions)).toEqual([['a', 'b'], ['c']]);
    sent[0]?.answer([{ answer: 'A' }, { answer: 'B' }]);
    expect(await Promise.all([a, b])).toEqual(['A', 'B']);
    sent[1]?.fail(new Error('too late'));
    await expect(c).rejects.toThrow('too late');
  });

  it('fail each by itself', async () => {
    const { batches, sent } = createBatches();
    const asked = Promise.allSettled(['a', 'b'].map((question) => batches.ask(question)));
    await nextTurn();
    sent[0]?.answer([{ error: new Error('unreadable') }, { answer: 'B' }]);
    expect(await asked).toMatchObject([{ status: 'rejected', reason: { message: 'unreadable' } }, { value: 'B' }]);
  });

  it('all fail where nothing is answered, or too little', async () => {
    const { batches, sent } = createBatches();
    const [lost, short] = [
      Promise.allSettled([batches.ask('a'), batches.ask('b')]),
      nextTurn().then(() => Promise.allSettled([batches.ask('c')])),
    ];
    await nextTurn();
    await nextTurn();
    sent[0]?.fail(new Error('away'));
    sent[1]?.answer([]);
    expect(await lost).toMatchObject([{ reason: { message: 'away' } }, { reason: { message: 'away' } }]);
    expect(await short).toMatchObject([{ reason: { message: 'expected 1 outcomes, got 0' } }]);
  });
});
