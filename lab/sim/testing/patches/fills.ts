/** Wrong programs in what a cache stores, applies and forgets. */
import { OLD_CONTENT, type Patch } from './patch.ts';

const STORE = 'services/edge/cache/store.ts';
const MEMORY = 'services/edge/cache/memory.ts';

export const FILL_PATCHES: readonly Patch[] = [
  {
    name: 'fresh-a-thousand-times',
    about: 'An entry is fresh for a thousand times its lifetime.',
    edits: [
      {
        file: 'services/edge/entry-times.ts',
        old: 'askedAt + (content === null ? negativeMs : freshMs);',
        new: 'askedAt + (content === null ? negativeMs : freshMs * 1000);',
      },
    ],
    caughtBy: ['mislabelled'],
  },
  {
    name: 'flush-nothing',
    about: 'A flush does nothing.',
    edits: [{ file: STORE, old: 'flush(): void {\n    this.#marks.raiseAll();', new: 'flush(): void {' }],
    caughtBy: ['faults', 'purge-ignored'],
  },
  {
    name: 'negative-stale',
    about: 'A 404 past its life, or below a soft mark, is served while it is revalidated.',
    edits: [{ file: STORE, old: "return stored.entry.content === null ? 'invalid' : 'stale';", new: "return 'stale';" }],
    caughtBy: ['mislabelled'],
  },
  {
    name: 'tags-of-old-entry',
    about: 'A content that replaces one in the cache keeps the tags of that one.',
    edits: [
      {
        file: STORE,
        old: 'this.#entries.set(key, { entry, clock });',
        new: 'const held = stored?.entry.content; const content = entry.content === null || !held ? entry.content : { ...entry.content, tags: held.tags }; this.#entries.set(key, { entry: { ...entry, content }, clock });',
      },
    ],
    caughtBy: ['purge-ignored'],
  },
  {
    name: 'fill-refuses-soft',
    about: 'What is fetched below a soft mark is refused, again and again: the answer stays stale.',
    edits: [
      {
        file: STORE,
        old: "if (entry.version < this.#marks.hardMinimum(key)) return 'below-hard-minimum';",
        new: "if (entry.version < this.#marks.hardMinimum(key) || this.#marks.judge(key, { version: entry.version + 1, clock, tags: tagsOf(entry) }) === 'soft') return 'below-hard-minimum';",
      },
    ],
    caughtBy: ['mislabelled', 'stale-after-bound', 'refill-storm'],
  },
  {
    name: 'newer-stored-at',
    about: 'The version that is stored already is not stored again, so its time is never renewed.',
    edits: [{ file: STORE, old: 'return stored.clock > filled.clock;', new: 'return stored.clock >= filled.clock;' }],
    caughtBy: ['mislabelled', 'refill-storm'],
  },
  {
    name: 'never-fill',
    about: 'Nothing is ever stored.',
    edits: [{ file: STORE, old: 'this.#entries.set(key, { entry, clock });', new: '' }],
    caughtBy: ['refill-storm'],
  },
  {
    name: 'negative-not-fenced',
    about: 'A 404 is stored with the clock of the moment it arrived.',
    edits: [
      {
        file: STORE,
        old: 'this.#entries.set(key, { entry, clock });',
        new: 'this.#entries.set(key, { entry, clock: entry.content === null ? this.#marks.clock : clock });',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'older-life-comes-back',
    about: 'A cache that was restarted has what it held before, under a new life.',
    edits: [
      {
        file: MEMORY,
        old: 'this.#store = snapshot?.copy(this.#random.uuid()) ?? this.#createStore();\n    this.#store.flush();',
        new: 'this.#store = (snapshot ?? this.#store).copy(this.#random.uuid());',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'fill-epoch-at',
    about: 'A fill whose clock is that of a hard epoch is refused.',
    edits: [{ file: 'services/edge/cache/marks.ts', old: '.hard > clock;', new: '.hard >= clock && clock > 0;' }],
    caughtBy: ['refill-storm'],
  },
  {
    name: 'offsets-as-text',
    about: 'Offsets are compared as texts: what follows the tenth record counts as applied.',
    edits: [
      {
        file: STORE,
        old: "if (position.offset <= applied) return 'skipped';",
        new: "if (String(position.offset) <= String(applied)) return 'skipped';",
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'filled-now',
    about: 'What is stored has the clock of the moment at which it is stored.',
    edits: [
      {
        file: STORE,
        old: 'this.#entries.set(key, { entry, clock });',
        new: 'this.#entries.set(key, { entry, clock: this.#marks.clock });',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'life-not-compared',
    about: 'A fill is stored in a cache that began a new life since the fetch began.',
    edits: [{ file: STORE, old: "if (life !== this.life) return 'other-life';", new: '' }],
    caughtBy: OLD_CONTENT,
  },
];
