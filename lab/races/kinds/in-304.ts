/**
 * in-304: a write and its purge come while a revalidation is under way, which the origin has answered with "unchanged".
 */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';
import { holdRevalidation } from './revalidation.ts';

export const in304: Race = {
  name: 'in-304',
  about: 'a content is written and purged while the 304 of a revalidation is under way',
  takes: ({ type }) => type === 'key',
  async run(stage, way) {
    const content = await stage.create();
    const held = await holdRevalidation(stage, content);
    if (held === undefined) return { outcome: 'unjudged', why: 'the cache did not revalidate after the lifetime' };
    const asked = (await stage.upstream.fetchesOf(stage.path(content))).at(-1);
    const wanted = await stage.write(content);
    const purging = stage.purge(way, content);
    const hasWaited = !(await stage.endsSoon(purging));
    held.release();
    const { isTaken, text } = await purging.result;
    await held.reader.result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    const found = judgeLooks({ way, wanted, looks: await stage.looks(content), hasWaited });
    return asked?.status === 304 ? found : { ...found, why: `${found.why} (the cache revalidated without a condition)` };
  },
};
