/** What of a run on a live target goes through the rails, and what does not. */
import { describe, expect, it } from 'vitest';
import { type Answered, NoAnswer } from '../../../services/runtime/asker.ts';
import { RailsStopped } from '../../rails/stopped.ts';
import type { Call } from '../../system/transport.ts';
import { LiveTransport } from './live-transport.ts';

const URL = 'http://cdn';
const ORIGIN = 'http://origin';

interface Made {
  readonly answer?: Partial<Answered>;
  readonly error?: Error;
  /** Of the stamps of our upstream. */
  readonly run?: string;
}

function transport({ answer = {}, error, run = '7' }: Made = {}) {
  const said: string[] = [];
  const to =
    (who: string) =>
    async ({ base, path, method }: Call) => {
      said.push(`${who}: ${method} ${base}${path}`);
      return { status: 200, headers: {}, body: {} };
    };
  const made = new LiveTransport({
    url: URL,
    originUrl: ORIGIN,
    run,
    asker: {
      ask: async ({ url }) => {
        said.push(`rails: ${url}`);
        if (error !== undefined) throw error;
        return { status: 200, headers: { 'x-edgesync-run': '7' }, text: '{"data":{"version":2}}', ...answer };
      },
    },
    others: { call: to('others'), close: async () => {} },
    writes: { call: to('writes') },
    onStranger: (why) => said.push(why),
  });
  return { said, call: (base: string, path = '/api/content/1') => made.call({ method: 'GET', base, path }) };
}

describe('a call of a run on a live target', () => {
  it('goes through the rails where it is for the cache', async () => {
    const { call, said } = transport();
    expect(await call(URL)).toMatchObject({ status: 200, body: { data: { version: 2 } } });
    await call(ORIGIN);
    await call('http://purger', '/metrics');
    expect(said).toEqual([
      'rails: http://cdn/api/content/1',
      'writes: GET http://origin/api/content/1',
      'others: GET http://purger/metrics',
    ]);
  });

  it.each<[string, Made]>([
    ['no stamp', { answer: { headers: {} } }],
    ['the stamp of another upstream', { answer: { headers: { 'x-edgesync-run': '8' } } }],
  ])('tells of an answer that has %s', async (_what, made) => {
    const { call, said } = transport(made);
    await call(URL);
    expect(said.at(-1)).toBe("an answer came without the stamp of the lab's upstream: the cache also asks another server");
  });

  it('minds no stamp of an error, which may be of the cache itself', async () => {
    const { call, said } = transport({ answer: { status: 502, headers: {}, text: 'bad gateway' } });
    expect(await call(URL)).toMatchObject({ status: 502, body: 'bad gateway' });
    expect(said).toHaveLength(1);
  });

  it.each([
    ['was sent', new NoAnswer('no answer within 1 ms'), false],
    ['was not sent', new RailsStopped('stopped: enough'), true],
  ])('fails in words where it %s', async (_what, error, definite) => {
    await expect(transport({ error }).call(URL)).rejects.toMatchObject({ name: 'CallFailed', message: error.message, definite });
  });
});
