/**
 * What a condition on a write must do on every database: it is compared in the statement that writes, so no two writers
 * pass by one tag.
 */
import { describe, expect, it } from 'vitest';
import type { Contents } from '../contents.ts';
import { etagOf } from '../etag.ts';
import type { Outbox } from '../outbox.ts';

export type WithContents = (use: (stores: { readonly contents: Contents; readonly outbox: Outbox }) => Promise<void>) => Promise<void>;

const AT_ONCE = 20;

async function tagOf(contents: Contents, id: number): Promise<string> {
  const { content } = await contents.find(id);
  if (content === null) throw new Error(`expected a content ${id}, got none`);
  return etagOf(content);
}

export function describeConditionsContract(name: string, withContents: WithContents): void {
  describe(`a condition on a write to ${name}`, () => {
    it('lets a change or a deletion through only while the content has one of the tags', () =>
      withContents(async ({ contents, outbox }) => {
        const first = await tagOf(contents, 1);
        await contents.update(1, { title: 'x' }, { ifMatch: ['"other"', first] });
        for (const ifMatch of [[first], ['"other"'], [`W/${await tagOf(contents, 1)}`], []]) {
          await expect(contents.update(1, { title: 'y' }, { ifMatch })).rejects.toMatchObject({ code: 'precondition_failed' });
          await expect(contents.delete(1, { ifMatch })).rejects.toMatchObject({ code: 'precondition_failed' });
        }
        expect((await contents.find(1)).content).toMatchObject({ title: 'x', version: 2 });
        expect((await outbox.status()).pending).toBe(1);
        await contents.update(1, { title: 'z' }, { ifMatch: '*' });
        await contents.delete(1, { ifMatch: [await tagOf(contents, 1)] });
        expect(await contents.find(1)).toEqual({ content: null, version: 4 });
      }));

    it('keeps a change or a deletion back while the content has one of the tags it must not have', () =>
      withContents(async ({ contents, outbox }) => {
        const tag = await tagOf(contents, 2);
        for (const ifNoneMatch of ['*', [tag], [`W/${tag}`], ['"other"', tag]] as const) {
          await expect(contents.update(2, { title: 'y' }, { ifNoneMatch })).rejects.toMatchObject({ code: 'precondition_failed' });
          await expect(contents.delete(2, { ifNoneMatch })).rejects.toMatchObject({ code: 'precondition_failed' });
        }
        expect((await outbox.status()).pending).toBe(0);
        expect(await contents.update(2, { title: 'y' }, { ifNoneMatch: ['"other"'] })).toMatchObject({ version: 2 });
      }));

    it('needs both of its halves', () =>
      withContents(async ({ contents }) => {
        const tag = await tagOf(contents, 1);
        for (const condition of [
          { ifMatch: [tag], ifNoneMatch: [tag] },
          { ifMatch: ['"other"'], ifNoneMatch: ['"other"'] },
        ])
          await expect(contents.update(1, { title: 'y' }, condition)).rejects.toMatchObject({ code: 'precondition_failed' });
        expect(await contents.update(1, { title: 'y' }, { ifMatch: [tag], ifNoneMatch: ['"other"'] })).toMatchObject({ version: 2 });
      }));

    it('lets exactly one through of many at once that name the same tag', () =>
      withContents(async ({ contents, outbox }) => {
        const ifMatch = [await tagOf(contents, 1)];
        const changes = await Promise.allSettled(
          Array.from({ length: AT_ONCE }, (_, at) => contents.update(1, { title: `t${at}` }, { ifMatch })),
        );
        expect(changes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(changes.flatMap((change) => (change.status === 'rejected' ? [change.reason.code] : []))).toEqual(
          Array.from({ length: AT_ONCE - 1 }, () => 'precondition_failed'),
        );
        expect((await contents.find(1)).content?.version).toBe(2);
        expect((await outbox.status()).pending).toBe(1);
      }));

    it('does not matter for an id that is gone or was never created', () =>
      withContents(async ({ contents }) => {
        const ifMatch = [await tagOf(contents, 3)];
        await contents.delete(3, { ifMatch });
        await expect(contents.update(3, { title: 'x' }, { ifMatch })).rejects.toMatchObject({ code: 'not_found', version: 2 });
        await expect(contents.delete(3, { ifNoneMatch: '*' })).rejects.toMatchObject({ code: 'not_found', version: 2 });
        await expect(contents.delete(99, { ifMatch: '*' })).rejects.toMatchObject({ code: 'not_found', version: 0 });
      }));
  });
}
