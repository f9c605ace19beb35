/** partition: a link swallows what is sent over it, in one direction or both. */
import type { Fault } from './fault.ts';

import { type NoParameters, noParameters } from './parameters.ts';
import { linkOf } from './target.ts';

export const partition: Fault<NoParameters> = {
  name: 'partition',
  about: 'a link swallows what is sent over it: calls hang until their deadline',
  backends: ['docker', 'embedded', 'simulated'],
  targets: ['link'],
  parameters: noParameters,
  lasts: true,
  // One deadline of a call that hangs, and a rejoin after a session that ran out.
  recoveryAllowanceMs: 3_000,
  describe: ({ target }) => `${target.text} is cut`,
  async inject({ world: { control } }, { id, target }) {
    const { link, direction } = linkOf(target);
    await control.impair(id, link, direction, { kind: 'cut' });
    return {
      isInEffect: async () => !(await control.probe(link)).answered,
      heal: () => control.repair(id),
      isGone: async () => (await control.probe(link)).answered,
    };
  },
};
