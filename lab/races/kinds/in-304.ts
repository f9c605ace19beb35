/** in-304: a write and its purge come while a revalidation is under way, which the origin has answered with "unchanged". */
import { judgeLooks } from '../outcome.ts';
import type { Race } from '../race.ts';

const SHORT_MS = 1_000;
/** Past its lifetime, whatever is rounded. */
const EXPIRED_MS = 2_200;
const LONG_MS = 3_600_000;

export const in304: Race = {
  name: 'in-304',
  about: 'written and purged while a revalidation is under way, which the origin has answered with 304',
  takes: ({ type }) => type === 'key',
  async run(stage, way) {
    const content = await stage.create();
    const path = stage.path(content);
    stage.upstream.set(path, { lifetimeMs: SHORT_MS });
    await stage.read('a reader', content).result;
    await stage.moment(EXPIRED_MS);
    stage.upstream.set(path, { lifetimeMs: LONG_MS });
    const hold = stage.hold(content, 'head');
    const first = stage.read('reader A', content);
    if (!(await hold.reached())) {
      await first.result;
      return { outcome: 'unjudged', why: 'the cache did not ask again after the lifetime' };
    }
    const asked = stage.upstream.fetchesOf(path).at(-1);
    const wanted = await stage.write(content);
    const purging = stage.purge(way, content);
    const hasWaited = !(await stage.endsSoon(purging));
    hold.release();
    const { isTaken, text } = await purging.result;
    await first.result;
    if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
    const found = judgeLooks({ way, wanted, looks: await stage.looks(content), hasWaited });
    return asked?.status === 304 ? found : { ...found, why: `${found.why} (it asked without a condition)` };
  },
};
