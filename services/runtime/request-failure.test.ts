/**
 * Errors as libraries throw them; those that the system and servers really give are in lab/system/http-clients.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { failureInWords, isNeverSent, parseAnswer } from './request-failure.ts';

const coded = (code: string, more: object = {}) => Object.assign(new Error(`said ${code}`), { code, ...more });
const caused = (message: string, cause: unknown) => new Error(message, { cause });

describe('a request that failed', () => {
  it.each([
    ['by its deadline', new DOMException('aborted', 'TimeoutError'), 'no answer within 700 ms'],
    ['by a deadline of the library', coded('UND_ERR_HEADERS_TIMEOUT'), 'no answer within 700 ms'],
    ['before there was a connection', coded('UND_ERR_CONNECT_TIMEOUT'), 'no connection within 700 ms'],
    ['for want of files', coded('EMFILE'), 'this process may open no more files and connections; raise its limit: ulimit -n (EMFILE)'],
    ['deep down', caused('fetch failed', caused('other', coded('ENETUNREACH'))), 'there is no way to that network from here (ENETUNREACH)'],
    [
      'at each of several addresses',
      new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')], ''),
      'the connection was refused, nothing listens there (ECONNREFUSED)',
    ],
    ['because it was given up', new DOMException('aborted', 'AbortError'), 'it was given up'],
    ['because everything was stopped', new Error('stopped by SIGINT'), 'stopped by SIGINT'],
    ['for a reason of its own', coded('EODD'), 'said EODD (EODD)'],
    ['with no error at all', 'thrown', 'for no reason that is known'],
  ])('%s says so', (_what, error, words) => {
    expect(failureInWords(error, 700)).toBe(words);
  });

  it('does not go round in circles', () => {
    const one: Error & { cause?: unknown } = new Error('one');
    one.cause = one;
    expect(failureInWords(one, 1)).toBe('one');
  });

  it('carried no request when there was no connection', () => {
    expect(isNeverSent(coded('ECONNREFUSED', { syscall: 'connect' }))).toBe(true);
    expect(isNeverSent(caused('fetch failed', coded('EMFILE', { syscall: 'connect' })))).toBe(true);
    expect(isNeverSent(coded('UND_ERR_CONNECT_TIMEOUT'))).toBe(true);
    expect(isNeverSent(coded('ECONNRESET', { syscall: 'read' }))).toBe(false);
    expect(isNeverSent(new DOMException('aborted', 'TimeoutError'))).toBe(false);
  });
});

describe('an answer that is no JSON', () => {
  it.each([
    [
      200,
      '<!doctype html>\n  <title>Welcome</title>',
      'expected JSON, got 200 with a body that begins "<!doctype html> <title>Welcome</title>"',
    ],
    [502, ' \n', 'expected JSON, got 502 with no body'],
    [200, '{"success":tru', 'expected JSON, got 200 with a body that begins "{\\"success\\":tru"'],
  ])('of %i is shown as it begins: %j', (status, text, words) => {
    expect(() => parseAnswer(status, text)).toThrow(words);
    expect(
      failureInWords(
        caused(
          'refused',
          capture(() => parseAnswer(status, text)),
        ),
        1,
      ),
    ).toBe(words);
  });
});

function capture(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
