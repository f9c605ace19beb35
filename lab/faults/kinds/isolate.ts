/** isolate: an edge loses every link and still answers on its published port. */

import { pick } from '../../../services/runtime/random.ts';
import { type Link, nodeName } from '../../system/parts.ts';
import { nodeOf } from '../../system/target.ts';
import { NO_PARAMETERS } from '../draw.ts';
import { isSeenGone, isSeenOn } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';

export const isolate: Fault<NoParameters> = {
  name: 'isolate',
  about: 'an edge loses every link; its published port and its cache stay',
  toSee: 'the region answers from its cache: old versions are labelled fresh, and a miss is an error',
  needs: ['isolate'],
  targets: ['edge'],
  parameters: noParameters,
  lasts: true,
  excuses: 'path',
  // Its connections hang, and nobody closes them: it finds out by its deadlines, and joins the log as a new member,
  // which waits for the old one's session to run out.
  recoveryAllowanceMs: 10_000,
  shows: { word: 'isolated', state: 'cut' },
  form: {},
  // Without a region: it meets other faults of its edge, too.
  draws: [
    (random, regions) => ({ fault: 'isolate', target: nodeName('edge', pick(random, regions)), parameters: NO_PARAMETERS, lasts: true }),
  ],
  describe: ({ target }) => `${target.text} is isolated`,
  async prepare({ world: { control } }, { id, target }) {
    const edge = nodeOf(target);
    const links = (['kafka', 'origin'] as const).map((callee) => ({ caller: edge, callee }));
    const ofEach = async (isSeen: (link: Link) => Promise<boolean>) => (await Promise.all(links.map(isSeen))).every((seen) => seen);
    const answers = async (link: Link) => (await control.probe(link)).answered;
    await control.register({ do: 'isolate', id, edge });
    return {
      act: () => control.isolate(id, edge),
      isInEffect: () => ofEach((link) => isSeenOn(control, { id, link }, async () => !(await answers(link)))),
      heal: () => control.repair(id),
      isGone: () => ofEach((link) => isSeenGone(control, { id, link }, () => answers(link))),
    };
  },
};
