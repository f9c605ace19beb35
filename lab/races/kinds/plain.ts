/** plain: nothing is held. What this race does not pass no other can be judged by. */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';

const STORED_MS = 600;

export const plain: Race = {
  name: 'plain',
  about: 'a content is in the cache, written, purged, and read',
  async run(stage, way) {
    const content = await stage.create();
    await stage.read('a reader', content).result;
    await stage.read('a second reader', content).result;
    // Some store long after they have answered.
    await stage.moment(STORED_MS);
    const wanted = await stage.write(content);
    const { isTaken, text } = await stage.purge(way, content).result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    return judgeLooks({ way, wanted, looks: await stage.looks(content) });
  },
};
