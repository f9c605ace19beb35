/** Writes to an origin of the user's own, and to the ledger behind them: in which order, and what of failures. */
import { describe, expect, it } from 'vitest';
import { NoAnswer } from '../../../services/runtime/asker.ts';
import type { WrittenContent } from '../../rails/allowed-requests.ts';
import type { Call } from '../../system/transport.ts';
import type { WriteKind } from '../../targets/own-origin.ts';
import { OwnOriginWrites } from './own-origin-writes.ts';

interface Answers {
  /** Of the origin: a status, or no answer. */
  readonly answer?: (kind: WriteKind) => number | undefined;
}

function ledger({ answer = () => 204 }: Answers = {}) {
  const done: string[] = [];
  const sent: WrittenContent[] = [];
  const writes = new OwnOriginWrites({
    prefix: 'run-x',
    lastId: 100,
    ok: [204],
    asker: {
      write: async (kind, content) => {
        done.push(`${kind} ${content.id} v${content.version}`);
        sent.push(content);
        // Others get in between.
        await Promise.resolve();
        const status = answer(kind);
        if (status === undefined) throw new NoAnswer('no answer within 1 ms');
        return { status, headers: {}, text: '' };
      },
    },
    pass: async ({ method, path }) => {
      done.push(`${method} ${path}`);
      return { status: 200, headers: {}, body: {} };
    },
  });
  const call = (method: Call['method'], path: string, body?: unknown) =>
    writes.call({ method, base: 'http://ledger', path, ...(body === undefined ? {} : { body }) });
  return { call, done, sent };
}

const DRAFT = { slug: 'lab-0', title: 'lab-0', body: 'one', tags: ['lab', 'lab-tag-0'] };

describe('a write to an origin of the user’s own', () => {
  it('comes before that to the ledger, with the id and the version that the ledger will give', async () => {
    const { call, done, sent } = ledger();
    await call('POST', '/api/content', DRAFT);
    await call('PUT', '/api/content/101', { body: 'two' });
    await call('DELETE', '/api/content/101');
    expect(done).toEqual([
      'create 101 v1',
      'POST /api/content',
      'update 101 v2',
      'PUT /api/content/101',
      'delete 101 v3',
      'DELETE /api/content/101',
    ]);
    expect(sent[1]).toEqual({ id: 101, slug: 'run-x-lab-0', version: 2, value: 'two', tags: ['run-x-lab-tag-0', 'run-x-lab'] });
  });

  it('waits for the one before, of the same content, and creations for each other', async () => {
    const { call, done } = ledger();
    await Promise.all([call('POST', '/api/content', DRAFT), call('POST', '/api/content', { ...DRAFT, slug: 'lab-1' })]);
    await Promise.all([call('PUT', '/api/content/102', { body: 'two' }), call('PUT', '/api/content/102', { body: 'three' })]);
    expect(done).toEqual([
      'create 101 v1',
      'POST /api/content',
      'create 102 v1',
      'POST /api/content',
      'update 102 v2',
      'PUT /api/content/102',
      'update 102 v3',
      'PUT /api/content/102',
    ]);
  });

  it('that is refused is not in the ledger, and the next one has its version', async () => {
    let status = 403;
    const { call, done } = ledger({ answer: (kind) => (kind === 'create' ? 204 : status) });
    await call('POST', '/api/content', DRAFT);
    await expect(call('PUT', '/api/content/101', { body: 'two' })).rejects.toMatchObject({
      definite: true,
      message: expect.stringContaining('expected 204, got 403'),
    });
    status = 204;
    await call('PUT', '/api/content/101', { body: 'two' });
    expect(done.slice(2)).toEqual(['update 101 v2', 'update 101 v2', 'PUT /api/content/101']);
  });

  it.each([undefined, 500, 409])('that may have been done (%s) is in the ledger, and is not known', async (status) => {
    const { call, done } = ledger({ answer: (kind) => (kind === 'create' ? 204 : status) });
    await call('POST', '/api/content', DRAFT);
    await expect(call('PUT', '/api/content/101', { body: 'two' })).rejects.toMatchObject({ name: 'CallFailed', definite: false });
    expect(done.at(-1)).toBe('PUT /api/content/101');
    await expect(call('DELETE', '/api/content/101')).rejects.toMatchObject({ definite: false });
    expect(done.at(-2)).toBe('delete 101 v3');
  });

  it('is none of what is no write of a content of this run', async () => {
    const { call, done } = ledger();
    await call('GET', '/api/content/101');
    await call('POST', '/api/invalidate', { type: 'key' });
    await call('PUT', '/api/content/7', { body: 'two' });
    expect(done).toEqual(['GET /api/content/101', 'POST /api/invalidate', 'PUT /api/content/7']);
  });
});
