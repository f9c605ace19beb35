/**
 * untagged-304: a revalidation is answered with a 304 that has not the tags of the 200 before. Then a purge of a tag
 * must still meet it.
 */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';
import { holdRevalidation } from './revalidation.ts';

export const untagged304: Race = {
  name: 'untagged-304',
  about: 'a 304 without the tags of the 200 before it, then a purge of a tag',
  takes: ({ type }) => type === 'tag',
  async run(stage, way) {
    const content = await stage.create();
    const held = await holdRevalidation(stage, content, { untagged304: true });
    held?.release();
    await held?.reader.result;
    if (held === undefined || (await stage.upstream.fetchesOf(stage.path(content))).at(-1)?.status !== 304)
      return { outcome: 'unjudged', why: 'the cache did not revalidate' };
    // Whoever revalidates behind an answer has stored it by then.
    await stage.moment();
    const wanted = await stage.write(content);
    const { isTaken, text } = await stage.purge(way, content).result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    return judgeLooks({ way, wanted, looks: await stage.looks(content) });
  },
};
