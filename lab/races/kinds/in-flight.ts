/**
 * in-head, in-body: a write and its purge come while a miss is under way, whose answer has left the origin. join: and a
 * reader comes after the purge.
 */
import type { HoldPlace } from '../../../services/protocol/upstream-api.ts';
import type { Look } from '../look.ts';
import { judgeLooks } from '../outcome.ts';
import type { Race, RaceFinding } from '../race.ts';
import type { Way } from '../raced-cache.ts';
import type { Stage } from '../stage.ts';
import type { UnderWay } from '../under-way.ts';

interface InFlight {
  readonly stage: Stage;
  readonly way: Way;
  readonly at: HoldPlace;
  readonly joins: boolean;
}

async function race({ stage, way, at, joins }: InFlight): Promise<RaceFinding> {
  const content = await stage.create();
  const hold = await stage.hold(content, at);
  const first = stage.read('reader A', content);
  if (!(await hold.reached(first))) return { outcome: 'unjudged', why: 'the cache did not ask its upstream' };
  const wanted = await stage.write(content);
  const purging = stage.purge(way, content);
  const hasWaited = !(await stage.endsSoon(purging));
  let joined: UnderWay<Look> | undefined;
  if (joins && !hasWaited) {
    joined = stage.read('reader B', content);
    await joined.sent;
    await stage.moment();
  }
  hold.release();
  const { isTaken, text } = await purging.result;
  await first.result;
  const others = joined === undefined ? [] : [await joined.result];
  if (!isTaken) return { outcome: 'unjudged', why: `the purge was refused: ${text}` };
  return judgeLooks({ way, wanted, looks: await stage.looks(content), joined: others, hasWaited });
}

function inFlight(name: string, about: string, { at, joins }: Pick<InFlight, 'at' | 'joins'>): Race {
  return { name, about, run: (stage, way) => race({ stage, way, at, joins }) };
}

export const inHead = inFlight('in-head', 'a content is written and purged while a miss is under way, before its headers', {
  at: 'head',
  joins: false,
});
export const inBody = inFlight('in-body', 'a content is written and purged while a miss is under way, in the middle of its body', {
  at: 'body',
  joins: false,
});
export const join = inFlight('join', 'and a reader comes after the purge, before the answer is let go', { at: 'head', joins: true });
