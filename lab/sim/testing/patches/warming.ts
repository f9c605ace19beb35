/** Wrong warmers. */
import { OLD_CONTENT, type Patch, type SlippingPatch } from './patch.ts';

const READER = 'services/edge/reader.ts';
const WARMER = 'services/edge/warmer.ts';

export const WARMING_PATCHES: readonly Patch[] = [
  {
    name: 'warm-unfenced',
    about: 'What is fetched before it is read is stored with the clock of the moment the answer came.',
    edits: [
      {
        file: READER,
        old: '() => this.#fetchAndFill(id, key, seen));\n    const own',
        new: `async () => {
      const fetched = await this.#fetchEntry(id);
      return { ...fetched, stored: await this.#fill(key, fetched.entry, (await this.#lookup(key)) ?? seen) };
    });
    const own`,
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'warm-again-and-again',
    about: 'What was fetched before it was read is fetched once more, for as long as a round lasts.',
    edits: [
      { file: WARMER, old: 'else this.#counts[outcome] += 1;', new: 'else if (this.#waiting.add(id)) this.#counts[outcome] += 1;' },
      { file: READER, old: "if (seen.entry !== null && this.#options.clock.now() < seen.entry.staleUntil) return 'held';", new: '' },
    ],
    caughtBy: ['refill-storm'],
  },
];

export const SLIPPING_WARMING_PATCHES: readonly SlippingPatch[] = [
  {
    name: 'warm-all-at-once',
    about: 'Everything that is to be fetched is fetched at the same time.',
    edits: [
      {
        file: WARMER,
        old: 'this.#underWay.size + reader.fetching >= concurrency',
        new: 'this.#underWay.size + reader.fetching < 0 * concurrency',
      },
    ],
    seenBy: 'services/edge/warmer.test.ts',
    why: 'A simulated origin answers any number of requests at once, and no check counts how many are under way.',
  },
];
