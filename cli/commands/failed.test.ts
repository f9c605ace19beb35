/** How commands end with an error. */
import { expect, it } from 'vitest';
import { type ExitCode, InvalidInput, NotHealed, WorldFailed } from '../../lab/errors.ts';
import { orFail, orFailReleasing } from './failed.ts';

function ending() {
  const abort = new AbortController();
  const codes: ExitCode[] = [];
  const notes: string[] = [];
  const output = { note: (text: string) => void notes.push(text) };
  return { abort, codes, notes, session: { signal: abort.signal, output, exitWith: (code: ExitCode) => void codes.push(code) } };
}

const failing = (error: Error) => async () => {
  throw error;
};

it.each([
  [new InvalidInput('no such word'), 104],
  [new WorldFailed('no engine'), 107],
  [new NotHealed('edge:us-east is cut'), 111],
])('ends with a sentence and the code of the error: %s', async (error, code) => {
  const { session, codes, notes } = ending();
  await orFail(session, failing(error));
  expect([codes, notes]).toEqual([[code], [error.message]]);
});

it('is stopped by a signal, whatever that made fail', async () => {
  const { abort, session, codes, notes } = ending();
  abort.abort();
  await orFail(session, failing(new WorldFailed('nobody answered')));
  expect([codes, notes]).toEqual([[105], []]);
});

it('says what could not be healed, after a signal too', async () => {
  const { abort, session, codes, notes } = ending();
  abort.abort();
  await orFail(session, failing(new NotHealed('edge:us-east is cut')));
  expect([codes, notes]).toEqual([[111], ['edge:us-east is cut']]);
});

it('releases what was acquired after a failure, and says both failures', async () => {
  const { session, codes, notes } = ending();
  await orFailReleasing(session, async (releasers) => {
    releasers.push(failing(new NotHealed('edge:us-east is cut')));
    throw new WorldFailed('the origin is gone');
  });
  expect([codes, notes]).toEqual([
    [107, 111],
    ['the origin is gone', 'edge:us-east is cut'],
  ]);
});
