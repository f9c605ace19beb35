/**
 * refill-twice: two fetches are under way, one from before the write and one from after the purge, and the older one
 * comes last.
 */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';

export const refillTwice: Race = {
  name: 'refill-twice',
  about: 'one fetch begins before the write and one after the purge; the older answer arrives last',
  async run(stage, way) {
    const content = await stage.create();
    const older = await stage.hold(content, 'head');
    const first = stage.read('reader A', content);
    if (!(await older.reached(first))) return { outcome: 'unjudged', why: 'the cache did not ask its upstream' };
    const wanted = await stage.write(content);
    const purging = stage.purge(way, content);
    const hasWaited = !(await stage.endsSoon(purging));
    const second = hasWaited ? undefined : stage.read('reader B', content);
    // Its answer comes at once; one that joined the first fetch waits.
    const isFirst = second !== undefined && (await stage.endsSoon(second));
    older.release();
    const { isTaken, text } = await purging.result;
    await first.result;
    const joined = second === undefined ? [] : [await second.result];
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    const found = judgeLooks({ way, wanted, looks: await stage.looks(content), joined, hasWaited });
    return isFirst || hasWaited ? found : { ...found, why: `${found.why} (the cache makes one fetch at a time)` };
  },
};
