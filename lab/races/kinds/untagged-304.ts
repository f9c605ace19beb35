/** untagged-304: a revalidation is answered with a 304 that has not the tags of the 200 before. Then a purge of a tag must still meet it. */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';

const SHORT_MS = 1_000;
const EXPIRED_MS = 2_200;
const LONG_MS = 3_600_000;

export const untagged304: Race = {
  name: 'untagged-304',
  about: 'a 304 without the tags of the 200 before it, then a purge of a tag',
  takes: ({ type }) => type === 'tag',
  async run(stage, way) {
    const content = await stage.create();
    const path = stage.path(content);
    stage.upstream.set(path, { lifetimeMs: SHORT_MS });
    await stage.read('a reader', content).result;
    await stage.moment(EXPIRED_MS);
    stage.upstream.set(path, { lifetimeMs: LONG_MS, untagged304: true });
    await stage.read('a second reader', content).result;
    if (stage.upstream.fetchesOf(path).at(-1)?.status !== 304) return { outcome: 'unjudged', why: 'the cache did not revalidate' };
    const wanted = await stage.write(content);
    const { isTaken, text } = await stage.purge(way, content).result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    return judgeLooks({ way, wanted, looks: await stage.looks(content) });
  },
};
