/** reset: the connections of a link break once; what was under way fails. */

import { linkOf } from '../../system/target.ts';
import { isSeenGone } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';

export const reset: Fault<NoParameters> = {
  name: 'reset',
  about: 'the connections of a link break once: calls in flight fail',
  toSee: 'a few errors or slow answers, once; then all is as before',
  needs: ['reset'],
  targets: ['link'],
  parameters: noParameters,
  lasts: false,
  excuses: 'path',
  recoveryAllowanceMs: 2_000,
  form: {},
  draws: [],
  describe: ({ target }) => `the connections of ${target.text} are reset`,
  async prepare({ world: { control } }, { id, target }) {
    const { link } = linkOf(target);
    await control.register({ do: 'reset', id, link });
    let broken = 0;
    return {
      act: async () => {
        broken = await control.reset(id, link);
      },
      isInEffect: async () => broken > 0,
      heal: () => control.repair(id),
      isGone: () => isSeenGone(control, { id, link }, async () => (await control.probe(link)).answered),
    };
  },
};
