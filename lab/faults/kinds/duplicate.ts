/** duplicate: what passes a link to the log arrives twice, as after an acknowledgement that was lost. */
import { linkOf } from '../../system/target.ts';
import { NO_PARAMETERS, onLinks } from '../draw.ts';
import { isSeenGone, isSeenOn } from '../evidence.ts';
import type { Fault } from '../fault.ts';
import { type NoParameters, noParameters } from '../parameters.ts';

const LINKS = ['edge-kafka', 'origin-kafka'] as const;

export const duplicate: Fault<NoParameters> = {
  name: 'duplicate',
  about: 'messages on a link to the log arrive twice: an append, or records that an edge reads',
  toSee: 'nothing in the tables: an event that arrives twice is applied once',
  needs: ['duplicate'],
  targets: ['link'],
  links: LINKS,
  parameters: noParameters,
  lasts: true,
  // A repeat changes nothing: whoever answers something older for it is wrong.
  excuses: 'nothing',
  recoveryAllowanceMs: 0,
  shows: { word: 'doubled' },
  form: {},
  draws: onLinks(() => ({ fault: 'duplicate', parameters: NO_PARAMETERS, lasts: true }), LINKS),
  describe: ({ target }) => `${target.text} delivers twice`,
  async prepare({ world: { control } }, { id, target }) {
    const { link, direction } = linkOf(target);
    const impairment = { kind: 'duplicate' } as const;
    await control.register({ do: 'impair', id, link, direction, impairment });
    // A probe is a question: nobody sees how often its answer arrives.
    const isDoubled = async () => direction === 'back' || ((await control.probe(link)).arrivals ?? 0) > 1;
    const isSingle = async () => (await control.probe(link)).arrivals === 1;
    return {
      act: () => control.impair(id, link, direction, impairment),
      isInEffect: () => isSeenOn(control, { id, link }, isDoubled),
      heal: () => control.repair(id),
      isGone: () => isSeenGone(control, { id, link }, isSingle),
    };
  },
};
