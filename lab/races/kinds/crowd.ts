/** crowd: forty readers come at once after a purge. How often is the origin asked? */
import { plural } from '../../input/plural.ts';
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';

const READERS = 40;
/** In which all must have come: shorter than a cache lets readers wait for the fetch of another. */
const COME_MS_MAX = 3_000;
const MS_PER_S = 1_000;

export const crowd: Race = {
  name: 'crowd',
  about: 'forty readers at once after a purge, and how many fetches these readers cause',
  takes: ({ type }) => type === 'key',
  async run(stage, way) {
    const content = await stage.create();
    await stage.read('a reader', content).result;
    const wanted = await stage.write(content);
    const { isTaken, text } = await stage.purge(way, content).result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    const before = (await stage.upstream.fetchesOf(stage.path(content))).length;
    const hold = await stage.hold(content, 'head');
    const count = Math.max(1, Math.min(READERS, Math.floor((stage.perSecondMax * COME_MS_MAX) / MS_PER_S)));
    const readers = stage.crowd(count, content);
    await hold.reached(readers);
    await readers.allSent;
    await stage.moment();
    hold.release();
    const joined = await readers.result;
    const fetches = (await stage.upstream.fetchesOf(stage.path(content))).length - before;
    const found = judgeLooks({ way, wanted, looks: await stage.looks(content), joined });
    const few = count < READERS ? ` (the rails allow so many in ${COME_MS_MAX} ms)` : '';
    return {
      ...found,
      why: `${plural(fetches, 'fetch', 'fetches')} for ${count} readers${few}${found.outcome === 'ok' ? '' : `; ${found.why}`}`,
    };
  },
};
