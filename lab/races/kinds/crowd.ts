/** crowd: forty readers come at once after a purge. How often is the origin asked? */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';

const READERS = 40;

export const crowd: Race = {
  name: 'crowd',
  about: 'forty readers at once after a purge: how many fetches they make',
  takes: ({ type }) => type === 'key',
  async run(stage, way) {
    const content = await stage.create();
    await stage.read('a reader', content).result;
    const wanted = await stage.write(content);
    const { isTaken, text } = await stage.purge(way, content).result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    const before = stage.upstream.fetchesOf(stage.path(content)).length;
    const hold = stage.hold(content, 'head');
    const readers = stage.crowd(READERS, content);
    await hold.reached();
    await stage.moment();
    hold.release();
    const joined = await readers.result;
    const fetches = stage.upstream.fetchesOf(stage.path(content)).length - before;
    const found = judgeLooks({ way, wanted, looks: await stage.looks(content), joined });
    return {
      ...found,
      why: `${fetches} ${fetches === 1 ? 'fetch' : 'fetches'} for ${READERS} readers${found.outcome === 'ok' ? '' : `; ${found.why}`}`,
    };
  },
};
