/** reset: the connections of a link break once; what was under way fails. */
import type { Fault } from './fault.ts';
import { type NoParameters, noParameters } from './parameters.ts';
import { linkOf } from './target.ts';

export const reset: Fault<NoParameters> = {
  name: 'reset',
  about: 'the connections of a link break once: what is under way fails',
  backends: ['docker', 'embedded'],
  targets: ['link'],
  parameters: noParameters,
  lasts: false,
  recoveryAllowanceMs: 2_000,
  describe: ({ target }) => `the connections of ${target.text} are reset`,
  async inject({ world: { control } }, { target }) {
    const { link } = linkOf(target);
    const broken = await control.reset(link);
    return {
      isInEffect: async () => broken > 0,
      heal: async () => {},
      isGone: async () => (await control.probe(link)).answered,
    };
  },
};
