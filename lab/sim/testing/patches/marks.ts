/** Wrong programs in what is invalid: the marks of a cache, and how an entry is judged by them. */
import { OLD_CONTENT, type Patch } from './patch.ts';

const MARKS = 'services/edge/cache/marks.ts';
const FENCE = 'return Math.max(this.#floor, this.#all.hard, this.#all.soft, this.#anyTag, this.#anyPattern, own);';
const HARD = "if (clock < this.#floor || version < (marks?.hardMinimum ?? 0)) return 'hard';";
const SOFT = "return clock < covering.soft || version < (marks?.softMinimum ?? 0) ? 'soft' : 'valid';";
const OWN_EPOCHS = 'let hard = Math.max(this.#all.hard, own?.hard ?? 0);';
const PURGE = ['purge-ignored'] as const;

export const MARK_PATCHES: readonly Patch[] = [
  {
    name: 'glob-blind-behind-colon',
    about: 'A pattern that names more than a star covers nothing: the matcher of all services is wrong.',
    edits: [
      {
        file: 'services/protocol/glob.ts',
        old: '  let at = 0;\n',
        new: "  if (pattern !== '*' && pattern.includes('*')) return false;\n  let at = 0;\n",
      },
    ],
    caughtBy: PURGE,
  },
  {
    name: 'marks-of-three-digits',
    about: 'The marks of an id of four digits and more stand under the key of another content.',
    edits: [
      {
        file: MARKS,
        old: 'this.#touch(this.#keys, target, marks, now);',
        new: 'this.#touch(this.#keys, target.slice(0, 11), marks, now);',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'judge-no-floor',
    about: 'An entry from before the marks that were dropped is judged by the marks that are left.',
    edits: [{ file: MARKS, old: HARD, new: "if (version < (marks?.hardMinimum ?? 0)) return 'hard';" }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'prune-no-floor',
    about: 'Marks are dropped, and nothing remembers that there were any.',
    edits: [{ file: MARKS, old: 'this.#floor = Math.max(this.#floor, mark.clock);', new: '' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'prune-at-once',
    about: 'Marks are dropped as soon as the next one comes, without a floor.',
    edits: [
      {
        file: MARKS,
        old: 'if (mark.changedAt >= changedBefore && marks.size <= this.#marksMax) break;',
        new: 'if (marks.size <= 1) break;',
      },
      { file: MARKS, old: 'this.#floor = Math.max(this.#floor, mark.clock);', new: '' },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'fence-no-tag',
    about: 'A reader joins a fetch that began before a purge of a tag.',
    edits: [{ file: MARKS, old: FENCE, new: FENCE.replace('this.#anyTag, ', '') }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'fence-no-pattern',
    about: 'A reader joins a fetch that began before a purge of a pattern.',
    edits: [{ file: MARKS, old: FENCE, new: FENCE.replace('this.#anyPattern, ', '') }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'fence-no-all',
    about: 'A reader joins a fetch that began before a purge of all.',
    edits: [{ file: MARKS, old: FENCE, new: FENCE.replace('this.#all.hard, this.#all.soft, ', '') }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'fence-no-own',
    about: 'A reader joins a fetch that began before the key was invalidated.',
    edits: [{ file: MARKS, old: FENCE, new: FENCE.replace(', own)', ')') }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'fold-soft-only',
    about: 'A pattern above the bound is folded into the epoch of all as a soft one, whatever it was.',
    edits: [{ file: MARKS, old: 'this.#all.hard = Math.max(this.#all.hard, epochs.hard);', new: '' }],
    caughtBy: PURGE,
  },
  {
    name: 'fold-nothing',
    about: 'A pattern above the bound is dropped.',
    edits: [
      { file: MARKS, old: 'this.#all.hard = Math.max(this.#all.hard, epochs.hard);', new: '' },
      { file: MARKS, old: 'this.#all.soft = Math.max(this.#all.soft, epochs.soft);', new: '' },
    ],
    caughtBy: PURGE,
  },
  {
    name: 'soft-mark-clears-hard-minimum',
    about: 'A soft invalidation of a key forgets the hard one before it.',
    edits: [
      {
        file: MARKS,
        old: 'marks[minimum] = Math.max(marks[minimum], version);',
        new: "marks[minimum] = Math.max(marks[minimum], version); if (mode === 'soft') marks.hardMinimum = 0;",
      },
    ],
    caughtBy: ['strategy-ignored', 'purge-ignored', 'resurrection'],
  },
  {
    name: 'hard-as-soft-key',
    about: 'A hard invalidation of a key is kept as a soft one.',
    edits: [
      {
        file: MARKS,
        old: "const minimum = mode === 'hard' ? 'hardMinimum' : 'softMinimum';",
        new: "const minimum = mode === 'hard' ? 'softMinimum' : 'softMinimum';",
      },
    ],
    caughtBy: ['resurrection', 'strategy-ignored'],
  },
  {
    name: 'hard-minimum-at',
    about: 'The version that an invalidation names is invalid itself, for ever.',
    edits: [{ file: MARKS, old: HARD, new: HARD.replace('version <', 'version <=') }],
    caughtBy: ['refill-storm'],
  },
  {
    name: 'hard-minimum-one-less',
    about: 'The version before the one that a hard invalidation names stays valid.',
    edits: [{ file: MARKS, old: HARD, new: HARD.replace('version <', 'version + 1 <') }],
    caughtBy: ['resurrection', 'lost-invalidation', 'strategy-ignored'],
  },
  {
    name: 'soft-minimum-one-less',
    about: 'The version before the one that a soft invalidation names stays fresh.',
    edits: [{ file: MARKS, old: SOFT, new: SOFT.replace('version <', 'version + 1 <') }],
    caughtBy: ['lost-invalidation', 'stale-after-bound', 'mislabelled'],
  },
  {
    name: 'judge-soft-at',
    about: 'What was fetched after a soft purge is stale, for ever.',
    edits: [{ file: MARKS, old: SOFT, new: SOFT.replace('clock <', 'clock <=') }],
    caughtBy: ['refill-storm'],
  },
  {
    name: 'clock-only-on-purge',
    about: 'An invalidation with a version does not advance the clock.',
    edits: [
      {
        file: MARKS,
        old: "this.#clock += 1;\n    if (mark.type === 'all')",
        new: "if (mark.version === undefined) this.#clock += 1;\n    if (mark.type === 'all')",
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'clock-not-on-soft',
    about: 'A soft invalidation does not advance the clock.',
    edits: [
      {
        file: MARKS,
        old: "this.#clock += 1;\n    if (mark.type === 'all')",
        new: "if (mark.mode === 'hard') this.#clock += 1;\n    if (mark.type === 'all')",
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'pattern-exact',
    about: 'A pattern covers the key that is spelt like it, and no other.',
    edits: [{ file: MARKS, old: '!matchesGlob(pattern, key)', new: 'pattern !== key' }],
    caughtBy: PURGE,
  },
  {
    name: 'pattern-hard-skips-soft',
    about: 'A pattern with a low hard epoch is passed over, whatever its soft one.',
    edits: [{ file: MARKS, old: '(epochs.hard <= hard && epochs.soft <= soft)', new: '(epochs.hard <= hard)' }],
    caughtBy: PURGE,
  },
  {
    name: 'tags-hard-only',
    about: 'A soft purge of a tag does nothing.',
    edits: [{ file: MARKS, old: 'soft = Math.max(soft, epochs?.soft ?? 0);', new: '' }],
    caughtBy: PURGE,
  },
  {
    name: 'first-tag-only',
    about: 'Only the first tag of a content counts.',
    edits: [{ file: MARKS, old: 'for (const tag of tags) {', new: 'for (const tag of tags.slice(0, 1)) {' }],
    caughtBy: PURGE,
  },
  {
    name: 'soft-overwrites-hard',
    about: 'A soft purge takes back the hard one before it.',
    edits: [{ file: MARKS, old: 'epoch[mode] = this.#clock;', new: "epoch[mode] = this.#clock; if (mode === 'soft') epoch.hard = 0;" }],
    caughtBy: PURGE,
  },
  {
    name: 'key-epoch-ignored',
    about: 'A hard purge of one key does nothing.',
    edits: [{ file: MARKS, old: OWN_EPOCHS, new: 'let hard = this.#all.hard;' }],
    caughtBy: PURGE,
  },
  {
    name: 'last-tag-only',
    about: 'A purge by a tag covers the contents whose last tag that is.',
    edits: [
      {
        file: MARKS,
        old: 'for (const tag of tags) {',
        new: 'for (const tag of tags.slice(-1)) {',
      },
    ],
    caughtBy: PURGE,
  },
  {
    name: 'write-clears-purge',
    about: 'A write of a key takes back the purges of that key.',
    edits: [
      {
        file: MARKS,
        old: 'marks[minimum] = Math.max(marks[minimum], version);',
        new: 'marks[minimum] = Math.max(marks[minimum], version);\n      marks.hard = 0;\n      marks.soft = 0;',
      },
    ],
    caughtBy: PURGE,
  },
  {
    name: 'patterns-when-tags',
    about: 'Patterns are looked at only where a tag was purged since.',
    edits: [
      {
        file: MARKS,
        old: 'if (clock >= this.#anyPattern) return',
        new: 'if (clock >= this.#anyTag) return',
      },
    ],
    caughtBy: PURGE,
  },
  {
    name: 'patterns-up-to-a-miss',
    about: 'The first pattern that does not match ends the search.',
    edits: [
      {
        file: MARKS,
        old: '!matchesGlob(pattern, key)) continue;',
        new: '!matchesGlob(pattern, key)) break;',
      },
    ],
    caughtBy: PURGE,
  },
  {
    name: 'versions-as-text',
    about: 'Versions are compared as texts: 10 is below 9.',
    edits: [
      {
        file: MARKS,
        old: 'version < (marks?.hardMinimum ?? 0)) return',
        new: 'String(version) < String(marks?.hardMinimum ?? 0)) return',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'raised-softly',
    about: 'What makes everything invalid makes it stale.',
    edits: [
      {
        file: MARKS,
        old: 'this.#all.hard = this.#clock;',
        new: 'this.#all.soft = this.#clock;',
      },
    ],
    caughtBy: [...OLD_CONTENT, 'strategy-ignored', 'faults'],
  },
  {
    name: 'first-pattern-only',
    about: 'Of the patterns that match the one changed first counts.',
    edits: [
      {
        file: MARKS,
        old: 'soft = Math.max(soft, epochs.soft);\n    }\n    return { hard, soft };\n  }\n}',
        new: 'soft = Math.max(soft, epochs.soft);\n      break;\n    }\n    return { hard, soft };\n  }\n}',
      },
    ],
    caughtBy: PURGE,
  },
];
