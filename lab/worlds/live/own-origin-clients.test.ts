/** What an origin of the user's own holds in the end, by its own answers, and by what was written there. */
import { describe, expect, it } from 'vitest';
import { liveTarget, ownOrigin } from '../../rails/testing/live-target.ts';
import type { RawAnswer, Transport } from '../../system/transport.ts';
import { OwnOriginClients } from './own-origin-clients.ts';

const CONTENT = { id: 7, slug: 's', title: 't', body: 'b', tags: [], version: 3, createdAt: '', updatedAt: '' };

/** `look`: the status and the JSON of the origin itself. */
function clientsOf(ledger: RawAnswer, look?: readonly [status: number, body: unknown]) {
  const transport: Transport = { isTrusted: true, call: async () => ledger, close: async () => {} };
  const target = liveTarget({ version: 'version', origin: ownOrigin('http://127.0.0.1:9', look === undefined ? '' : ', read: GET /<id>') });
  const asker = {
    look: async () => {
      if (look === undefined) throw new Error('expected no look');
      return { status: look[0], headers: {}, text: JSON.stringify(look[1]) };
    },
  };
  return new OwnOriginClients(transport, { originUrl: 'http://ledger', edges: [] }, { target, asker });
}

const WRITTEN: RawAnswer = { status: 200, headers: {}, body: { success: true, data: CONTENT } };
const DELETED: RawAnswer = { status: 404, headers: {}, body: { success: false, error: 'e', code: 'not_found', version: 4 } };

describe('what an origin of the user’s own holds', () => {
  it.each([
    ['its answer', WRITTEN, [200, { version: 3 }], { version: 3, deleted: false }],
    ['its answer, where that is older than what was written', WRITTEN, [200, { version: 2 }], { version: 2, deleted: false }],
    ['nothing, where it has lost a content', WRITTEN, [404, {}], { version: 0, deleted: true }],
    ['the deletion, where its 404 says no version', DELETED, [404, {}], { version: 4, deleted: true }],
    ['what it should have deleted', DELETED, [200, { version: 3 }], { version: 3, deleted: false }],
    ['what was written, where nobody can ask it', WRITTEN, undefined, { version: 3, deleted: false, isAssumed: true }],
  ] as const)('is %s', async (_what, ledger, look, held) => {
    expect(await clientsOf(ledger, look).heldAtOrigin(7)).toEqual(held);
  });

  it('is not known of an answer without a version', async () => {
    await expect(clientsOf(WRITTEN, [200, { v: 3 }]).heldAtOrigin(7)).rejects.toThrow(
      'expected a content or a 404 with its version, got 200',
    );
  });
});
