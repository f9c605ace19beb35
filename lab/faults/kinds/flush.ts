/** flush: every entry of a region's cache is invalid from one moment to the next; marks and offsets stay. */
import { need } from '../../system/edges/edge.ts';
import { NO_PARAMETERS, onNode } from '../draw.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';
import { edgeOf } from '../region-target.ts';

export const flush: Fault<NoParameters> = {
  name: 'flush',
  about: 'every entry of a cache becomes invalid at once; marks and offsets stay',
  toSee: 'every row becomes invalid, the hit ratio falls to nothing, and reads fill the cache again',
  needs: ['flush'],
  targets: ['redis'],
  parameters: noParameters,
  lasts: false,
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  asks: ['edge', 'redis'],
  emptiesCache: true,
  destroys: 'every entry of this cache becomes invalid, at once and for good',
  form: {},
  draws: [onNode('redis', () => ({ fault: 'flush', parameters: NO_PARAMETERS, lasts: false }))],
  describe: ({ target }) => `${target.text} is flushed`,
  async prepare({ clients }, { target }) {
    const edge = edgeOf(clients, target);
    const [doFlush, list] = [need(edge, 'flush'), need(edge, 'entries')];
    const entries = async () => new Map((await list()).map(({ key, version, state }) => [key, { version, state }]));
    let hasFlushed = false;
    return {
      act: async () => {
        const before = await entries();
        await doFlush();
        const after = await entries();
        const servable = [...before].filter(([, { state }]) => state !== 'invalid');
        // Under load an entry may already be there again: that most are not is what a flush leaves behind.
        const gone = servable.filter(([key]) => !['fresh', 'stale'].includes(after.get(key)?.state ?? 'absent'));
        hasFlushed = gone.length * 2 >= servable.length;
      },
      isInEffect: async () => hasFlushed,
      heal: async () => {},
      isGone: async () => true,
    };
  },
};
