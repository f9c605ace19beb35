/** bandwidth: a link carries so many KiB a second and no more, in each direction it names. */
import { z } from 'zod';
import { linkOf } from '../../system/target.ts';
import { baseline, isSeenGone, isSeenOn } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { slowingOf } from '../slowing.ts';

const RATE_MAX = 10_000;
const BYTES_PER_KIB = 1024;
const MS_PER_S = 1_000;
/** A message with one event or one content in it. */
const MESSAGE_BYTES = 1_024;

const rate = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .refine((kibPerSecond) => Number.isInteger(kibPerSecond) && kibPerSecond >= 1 && kibPerSecond <= RATE_MAX, {
    message: `expected a whole number of KiB a second from 1 to ${RATE_MAX}`,
  });
const parameters = z.strictObject({ rate });
type Parameters = z.infer<typeof parameters>;

/** A question that long takes a fifth of a second at the rate asked for, within what every callee answers. */
const EVIDENCE_SECONDS = 0.2;
const EVIDENCE_BYTES = { least: 512, most: 64 * 1024 } as const;
/** The one that answers the shortest, Postgres, echoes that much. */
const ECHO_BYTES_MAX = 9_000;
const EVIDENT_SHARE = 0.6;

export const bandwidth: Fault<Parameters> = {
  name: 'bandwidth',
  about: 'a link carries at most rate KiB a second, in each direction named',
  toSee: 'lag or P99 grows: large answers and long batches take longer',
  needs: ['bandwidth'],
  targets: ['link'],
  parameters,
  lasts: true,
  excuses: 'path',
  recoveryAllowanceMs: 2_000,
  shows: { word: 'narrow', state: 'slow' },
  form: { rate: { initial: '64' } },
  draws: [],
  slows: ({ target, parameters: { rate: kibPerSecond } }) => {
    const { link, direction } = linkOf(target);
    return { ...slowingOf(link, direction, (MS_PER_S * MESSAGE_BYTES) / (kibPerSecond * BYTES_PER_KIB)), isLeast: true };
  },
  describe: ({ target, parameters: { rate: kibPerSecond } }) => `${target.text} carries ${kibPerSecond} KiB/s`,
  async prepare({ world: { control } }, { id, target, parameters: { rate: kibPerSecond } }) {
    const { link, direction } = linkOf(target);
    const bytesPerSecond = kibPerSecond * BYTES_PER_KIB;
    const bytes = Math.round(Math.min(Math.max(bytesPerSecond * EVIDENCE_SECONDS, EVIDENCE_BYTES.least), EVIDENCE_BYTES.most));
    const before = await baseline(control, { id, link }, bytes);
    const impairment = { kind: 'bandwidth', bytesPerSecond } as const;
    await control.register({ do: 'impair', id, link, direction, impairment });
    const carried = link.callee === 'postgres' ? Math.min(bytes, ECHO_BYTES_MAX) : bytes;
    const slowerMs = EVIDENT_SHARE * ((1000 * carried) / bytesPerSecond) * (direction === 'both' ? 2 : 1);
    const isSlow = async () => {
      const probe = await control.probe(link, bytes);
      return !probe.answered || probe.elapsedMs >= before.elapsedMs + slowerMs;
    };
    const isFast = async () => (await control.probe(link, bytes)).answered && !(await isSlow());
    return {
      act: () => control.impair(id, link, direction, impairment),
      isInEffect: () => isSeenOn(control, { id, link }, before.isClean ? isSlow : undefined),
      heal: () => control.repair(id),
      isGone: () => isSeenGone(control, { id, link }, before.isClean ? isFast : undefined),
    };
  },
};
