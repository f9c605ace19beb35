/** latency: what passes a link is late, each direction it names by as much. */
import { z } from 'zod';
import { pick } from '../../../services/runtime/random.ts';
import { duration } from '../../input/duration.ts';
import { linkOf } from '../../system/target.ts';
import { onLinks } from '../draw.ts';
import { baseline, isSeenGone, isSeenOn } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { slowingOf } from '../slowing.ts';

const parameters = z.strictObject({ latency: duration, jitter: duration.default(0) });
type Parameters = z.infer<typeof parameters>;

/** A probe is later than this share of what was asked for: the rest is left to jitter and rounding. */
const EVIDENT_SHARE = 0.8;

/** Above what a link may take by itself, so that their effect shows. */
const DRAWN_MS = [100, 200, 400, 800] as const;

export const latency: Fault<Parameters> = {
  name: 'latency',
  about: 'messages on a link arrive late in each direction named: latency plus or minus jitter',
  toSee: 'calls over the link take longer: lag grows on a link to the log, P99 of misses on a link to the origin',
  needs: ['latency'],
  targets: ['link'],
  parameters,
  lasts: true,
  excuses: 'path',
  recoveryAllowanceMs: 1_000,
  shows: { word: 'slow', state: 'slow' },
  form: { latency: { initial: '200ms' }, jitter: { initial: '0ms' } },
  draws: onLinks((random) => {
    const latencyMs = pick(random, DRAWN_MS);
    const jitterMs = random.below(2) * (latencyMs / 2);
    return { fault: 'latency', parameters: { latency: `${latencyMs}ms`, jitter: `${jitterMs}ms` }, lasts: true };
  }),
  slows: ({ target, parameters: { latency: latencyMs, jitter: jitterMs } }) => {
    const { link, direction } = linkOf(target);
    return slowingOf(link, direction, latencyMs + jitterMs);
  },
  describe: ({ target, parameters: { latency: latencyMs, jitter } }) =>
    `${target.text} is late by ${latencyMs} ms${jitter > 0 ? ` ± ${jitter} ms` : ''}`,
  async prepare({ world: { control } }, { id, target, parameters: { latency: latencyMs, jitter: jitterMs } }) {
    const { link, direction } = linkOf(target);
    const before = await baseline(control, { id, link });
    const impairment = { kind: 'latency', latencyMs, jitterMs } as const;
    await control.register({ do: 'impair', id, link, direction, impairment });
    const expectedMs = EVIDENT_SHARE * Math.max(0, latencyMs - jitterMs) * (direction === 'both' ? 2 : 1);
    const isLate = async () => {
      const probe = await control.probe(link);
      return !probe.answered || probe.elapsedMs >= before.elapsedMs * EVIDENT_SHARE + expectedMs;
    };
    const isInTime = async () => (await control.probe(link)).answered && (expectedMs === 0 || !(await isLate()));
    return {
      act: () => control.impair(id, link, direction, impairment),
      isInEffect: () => isSeenOn(control, { id, link }, before.isClean ? isLate : undefined),
      heal: () => control.repair(id),
      isGone: () => isSeenGone(control, { id, link }, before.isClean ? isInTime : undefined),
    };
  },
};
