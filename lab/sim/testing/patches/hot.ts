/** Wrong hot entries: each has the hole that a rule of `services/edge/cache/hot.ts` closes. */
import { OLD_CONTENT, type Patch, type SlippingPatch } from './patch.ts';

const HOT = 'services/edge/cache/hot.ts';

export const HOT_PATCHES: readonly Patch[] = [
  {
    name: 'hot-own-apply-kept',
    about: 'What an edge applies itself it goes on answering from its hot entries.',
    edits: [{ file: HOT, old: 'return this.#changing(super.apply(batch), () => this.#dropAll());', new: 'return super.apply(batch);' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'hot-own-fill-kept',
    about: 'What an edge fills itself does not end the hot entry of its key.',
    edits: [
      {
        file: HOT,
        old: 'return this.#changing(super.fill(key, entry, stamp), () => this.#drop(key));',
        new: 'return super.fill(key, entry, stamp);',
      },
    ],
    caughtBy: [...OLD_CONTENT, 'fresh-beyond-lease'],
  },
];

/** What they break lasts for a moment: no seed shows it, and each has its test. */
export const SLIPPING_HOT_PATCHES: readonly SlippingPatch[] = [
  {
    name: 'hot-late-kept',
    about: 'The answer of a lookup is held that was sent before a change of the edge itself.',
    edits: [{ file: HOT, old: 'if (this.#questions.get(key) !== question) return found;', new: '' }],
    seenBy: 'services/edge/cache/hot.test.ts',
    why: 'A lookup must be under way while an apply is, be answered after it, and nothing else be applied for a while: links to a cache are quick in a seed, and no fault slows them.',
  },
  {
    name: 'hot-failed-is-not-done',
    about: 'A call that failed is taken for one that changed nothing.',
    edits: [
      {
        file: HOT,
        old: '    try {\n      return await change;\n    } finally {\n      drop();\n    }',
        new: '    const outcome = await change;\n    drop();\n    return outcome;',
      },
    ],
    seenBy: 'services/edge/cache/hot.test.ts',
    why: 'The edge takes up its place again after an apply that failed, and what it applies then drops everything.',
  },
  {
    name: 'hot-beat-of-latest',
    about: 'A hot entry is called fresh by the heartbeat that the latest lookup of any key told of.',
    edits: [
      {
        file: HOT,
        old: '    this.#options.onHit();\n    return hot.found;',
        new: '    this.#options.onHit();\n    return { ...hot.found, beat: this.#beat };',
      },
      { file: HOT, old: '    this.#life = found.life;', new: '    this.#life = found.life;\n    this.#beat = found.beat;' },
      { file: HOT, old: '  #life: string | undefined;', new: '  #life: string | undefined;\n  #beat: number | undefined;' },
    ],
    members: 2,
    seenBy: 'services/edge/cache/hot.test.ts',
    why: 'One edge must be cut off from the log for longer than the lease, and a write come in the moment after it looked the key up.',
  },
  {
    name: 'hot-kept-over-life',
    about: 'Hot entries stay when the cache has begun a new life.',
    edits: [
      { file: HOT, old: '    cache.onNewLife(() => this.#dropAll());\n', new: '' },
      { file: HOT, old: '    if (found.life !== this.#life) this.#dropAll();\n', new: '' },
    ],
    seenBy: 'services/edge/cache/hot.test.ts',
    why: 'An edge flushes a cache without positions, or applies the log again: that drops everything, a moment later.',
  },
  {
    name: 'hot-spell-of-the-hit',
    about: 'Whether the edge is catching up is asked when a hot entry is answered, and not of the lookup that brought it.',
    edits: [{ file: HOT, old: ' <= hotMs && upToDate() === spell;', new: ' <= hotMs && (spell === undefined || upToDate !== undefined);' }],
    seenBy: 'services/edge/cache/hot.test.ts',
    why: 'Between edges so much is allowed, and no edge can be caught up by what it has applied itself and hold what it looked up before.',
  },
  {
    name: 'hot-from-receipt',
    about: 'The moment of a hot entry begins when its answer comes, and not when its lookup was sent.',
    edits: [
      {
        file: HOT,
        old: '    const { sentMs, spell } = question;',
        new: '    const { spell } = question;\n    const sentMs = this.#options.clock.monotonicMs();',
      },
    ],
    members: 2,
    seenBy: 'services/edge/cache/hot.test.ts',
    why: 'An answer of the cache takes a few ms in a seed; what is older by that is within epsilon.',
  },
];
