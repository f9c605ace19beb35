/** in-404: a content is created, and purged, while the 404 of its id is under way. */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';

const LONG_MS = 3_600_000;

export const in404: Race = {
  name: 'in-404',
  about: 'a content is created and purged while a 404 of its id is under way',
  takes: ({ type }) => type === 'key',
  async run(stage, way) {
    // Nobody but the race writes, so the next content has the next id.
    const { id } = await stage.create();
    const missing = { id: id + 1 };
    await stage.upstream.set(stage.path(missing), { lifetimeMs: LONG_MS });
    const hold = await stage.hold(missing, 'head');
    const first = stage.read('reader A', missing);
    if (!(await hold.reached(first))) return { outcome: 'unjudged', why: 'the cache did not ask its upstream' };
    const content = await stage.create();
    if (content.id !== missing.id)
      return { outcome: 'unjudged', why: `expected the id ${missing.id} for the next content, got ${content.id}` };
    const purging = stage.purge(way, content);
    const hasWaited = !(await stage.endsSoon(purging));
    hold.release();
    const { isTaken, text } = await purging.result;
    await first.result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    return judgeLooks({ way, wanted: content.version, looks: await stage.looks(content), hasWaited });
  },
};
