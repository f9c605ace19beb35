/** partition: a link swallows what is sent over it, in one direction or both. */

import { linkOf } from '../../system/target.ts';
import { NO_PARAMETERS, onLinks } from '../draw.ts';
import { isSeenGone, isSeenOn } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';

export const partition: Fault<NoParameters> = {
  name: 'partition',
  about: 'a link loses every message: calls hang until their deadline',
  toSee:
    'link to the log: the region falls behind and labels old versions fresh; link to the origin: the region answers old entries, labelled stale; link to its cache: every read is a fetch',
  needs: ['cut'],
  targets: ['link'],
  parameters: noParameters,
  lasts: true,
  excuses: 'path',
  // One deadline of a call that hangs, and a rejoin after a session that ran out.
  recoveryAllowanceMs: 3_000,
  shows: { word: 'cut', state: 'cut' },
  form: {},
  draws: onLinks(() => ({ fault: 'partition', parameters: NO_PARAMETERS, lasts: true })),
  describe: ({ target }) => `${target.text} is cut`,
  async prepare({ world: { control } }, { id, target }) {
    const { link, direction } = linkOf(target);
    const impairment = { kind: 'cut' } as const;
    await control.register({ do: 'impair', id, link, direction, impairment });
    const answers = async () => (await control.probe(link)).answered;
    return {
      act: () => control.impair(id, link, direction, impairment),
      isInEffect: () => isSeenOn(control, { id, link }, async () => !(await answers())),
      heal: () => control.repair(id),
      isGone: () => isSeenGone(control, { id, link }, answers),
    };
  },
};
