/** crowd: forty readers come at once after a purge. How often is the origin asked? */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';

const READERS = 40;
/** In which all must have come: shorter than a cache lets readers wait for the fetch of another. */
const COME_MS_MAX = 3_000;

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
    const count = stage.readersWithin(COME_MS_MAX, READERS);
    const [first, ...others] = Array.from({ length: count }, (_, at) => stage.read(`reader ${at + 1}`, content));
    if (first === undefined) throw new Error('expected a reader, got none');
    const readers = [first, ...others];
    await hold.reached(first);
    await Promise.all(readers.map(({ sent }) => sent));
    await stage.moment();
    hold.release();
    const joined = await Promise.all(readers.map(({ result }) => result));
    const fetches = stage.upstream.fetchesOf(stage.path(content)).length - before;
    const found = judgeLooks({ way, wanted, looks: await stage.looks(content), joined });
    const few = count < READERS ? `, as many as may come in ${COME_MS_MAX} ms` : '';
    return {
      ...found,
      why: `${fetches} ${fetches === 1 ? 'fetch' : 'fetches'} for ${count} readers${few}${found.outcome === 'ok' ? '' : `; ${found.why}`}`,
    };
  },
};
