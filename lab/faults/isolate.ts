/** isolate: an edge loses every link and still answers on its published port. */
import type { Fault } from './fault.ts';
import { type NoParameters, noParameters } from './parameters.ts';
import { nodeOf } from './target.ts';

export const isolate: Fault<NoParameters> = {
  name: 'isolate',
  about: 'an edge loses every link; its published port and its cache stay',
  backends: ['docker', 'embedded', 'simulated'],
  targets: ['edge'],
  parameters: noParameters,
  lasts: true,
  recoveryAllowanceMs: 3_000,
  describe: ({ target }) => `${target.text} is isolated`,
  async inject({ world: { control } }, { id, target }) {
    const edge = nodeOf(target);
    const answers = async () => {
      const probes = await Promise.all((['kafka', 'origin'] as const).map((callee) => control.probe({ caller: edge, callee })));
      return probes.filter(({ answered }) => answered).length;
    };
    await control.isolate(id, edge);
    return {
      isInEffect: async () => (await answers()) === 0,
      heal: () => control.repair(id),
      isGone: async () => (await answers()) === 2,
    };
  },
};
