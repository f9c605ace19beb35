/** Wrong programs in how an edge reads, fetches and labels. */
import { OLD_CONTENT, type Patch } from './patch.ts';

const READER = 'services/edge/reader.ts';
const REVALIDATIONS = 'services/edge/revalidations.ts';
const FLIGHTS = 'services/edge/flights.ts';
const JOIN = 'current.stamp.life === life && current.stamp.clock >= fence';

export const READER_PATCHES: readonly Patch[] = [
  {
    name: 'remembered-off',
    about: 'What was answered while the cache was away is forgotten when it is back.',
    edits: [
      { file: READER, old: 'if (!this.#remembered.allows(key, found.entry.version, remembered))', new: 'if (remembered.minimum < 0)' },
    ],
    caughtBy: ['version-regression'],
  },
  {
    name: 'cached-at-is-stored-at',
    about: 'The age of an answer counts from when it came, not from when the origin was asked.',
    edits: [
      {
        file: READER,
        old: 'return { entry: toEntry(answer, askedAt - (answer.ageMs ?? 0), lifetimes)',
        new: 'return { entry: toEntry(answer, Math.max(askedAt, clock.now()), lifetimes)',
      },
    ],
    caughtBy: ['misdated'],
  },
  {
    name: 'no-coalescing',
    about: 'Every miss is a fetch of its own.',
    edits: [
      { file: FLIGHTS, old: 'if (current !== undefined &&', new: 'if (current !== undefined && id(key) < 0 &&' },
      { file: FLIGHTS, old: 'interface Flight<T> {', new: 'const id = (key: string) => key.length;\n\ninterface Flight<T> {' },
    ],
    caughtBy: ['refill-storm'],
  },
  {
    name: 'hit-fetches-too',
    about: 'The origin is asked at every hit, too.',
    edits: [
      {
        file: READER,
        old: "if (entry !== null && found.state === 'fresh') return",
        new: "if (entry !== null && found.state === 'fresh') void this.#origin.fetch(id).catch(() => {});\n    if (entry !== null && found.state === 'fresh') return",
      },
    ],
    caughtBy: ['refill-storm'],
  },
  {
    name: 'fetch-three-times',
    about: 'The origin is asked three times for each miss.',
    edits: [
      {
        file: READER,
        old: 'const answer = await this.#origin.fetch(id);\n    if',
        new: 'await this.#origin.fetch(id);\n    await this.#origin.fetch(id);\n    const answer = await this.#origin.fetch(id);\n    if',
      },
    ],
    caughtBy: ['refill-storm'],
  },
  {
    name: 'join-fence-minus-one',
    about: 'A reader joins a fetch that began one event too early.',
    edits: [{ file: FLIGHTS, old: JOIN, new: 'current.stamp.life === life && current.stamp.clock >= fence - 1' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'coalesce-whole-life',
    about: 'A reader joins any fetch of this life.',
    edits: [{ file: FLIGHTS, old: JOIN, new: 'current.stamp.life === life' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'serve-last-on-origin-error',
    about: 'While the origin is away an invalid entry is served again.',
    edits: [
      {
        file: READER,
        old: 'const key = contentKey(id);\n    const found',
        new: 'const key = contentKey(id);\n    this.#last ??= new Map();\n    const found',
      },
      {
        file: READER,
        old: '  /** Throws ServiceError `unavailable` when neither',
        new: '  #last: Map<string, CacheEntry> | undefined;\n\n  /** Throws ServiceError `unavailable` when neither',
      },
      {
        file: READER,
        old: 'const { landed, joined } = this.#misses.board(key, found,',
        new: 'if (found.entry !== null) this.#last?.set(key, found.entry);\n    const { landed, joined } = this.#misses.board(key, found,',
      },
      {
        file: READER,
        old: 'const fetched = await landed;\n      const reason',
        new: 'const fetched = await landed;\n      this.#last?.set(key, fetched.entry);\n      const reason',
      },
      {
        file: READER,
        old: 'if (found?.entry === null || found === undefined) throw',
        new: "const last = this.#last?.get(key);\n    if (last !== undefined) return { entry: last, source: 'cache', status: 'fresh' };\n    if (found?.entry === null || found === undefined) throw",
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'stale-called-fresh',
    about: 'A stale answer is labelled fresh.',
    edits: [
      {
        file: READER,
        old: "return { entry, source: 'cache', status: 'stale', term };\n    }",
        new: "return { entry, source: 'cache', status: 'fresh', term };\n    }",
      },
    ],
    caughtBy: [...OLD_CONTENT],
  },
  {
    name: 'restamp-on-304',
    about: 'What the origin calls unchanged is stored with the clock of the moment the answer came.',
    edits: [
      {
        file: REVALIDATIONS,
        old: 'await fill(key, entry, stamp);',
        new: "await fill(key, entry, answer.kind === 'unchanged' ? ((await this.#options.lookup(key)) ?? stamp) : stamp);",
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'revalidate-full-answer-dropped',
    about: 'A revalidation that brings another version is not stored.',
    edits: [
      {
        file: REVALIDATIONS,
        old: 'await fill(key, entry, stamp);',
        new: "if (answer.kind === 'unchanged') await fill(key, entry, stamp);",
      },
    ],
    caughtBy: ['mislabelled', 'divergence', 'refill-storm', 'stale-after-bound'],
  },
  {
    name: 'etag-kept',
    about: 'A fetched content is stored with the tag of the one before it.',
    edits: [
      {
        file: 'services/edge/entry-times.ts',
        old: '{ version: answer.content.version, content: answer.content, etag: answer.etag }',
        new: "{ version: answer.content.version, content: answer.content, etag: answer.etag.replace(/-\\d+-/, '-1-') }",
      },
      {
        file: 'services/origin/etag.ts',
        old: 'return `"${id}-${version}-${Date.parse(updated_at)}"`;',
        new: 'return `"${id}-${version < 0 ? updated_at : 1}-0"`;',
      },
    ],
    caughtBy: ['mislabelled', 'divergence', 'stale-after-bound'],
  },
  {
    name: 'lifetime-from-arrival',
    about: 'The lifetime of an entry begins when its answer came.',
    edits: [
      {
        file: READER,
        old: 'return { entry: toEntry(answer, askedAt - (answer.ageMs ?? 0), lifetimes)',
        new: 'const made = toEntry(answer, askedAt - (answer.ageMs ?? 0), lifetimes);\n    return { entry: { ...made, freshUntil: made.freshUntil + clock.now() - askedAt }',
      },
    ],
    caughtBy: ['mislabelled'],
  },
  {
    name: 'unchanged-keeps-times',
    about: 'What the origin calls unchanged is as old as before.',
    edits: [
      {
        file: REVALIDATIONS,
        old: "answer.kind === 'unchanged' ? timed(held, askedAt, lifetimes)",
        new: "answer.kind === 'unchanged' ? held",
      },
    ],
    caughtBy: ['mislabelled', 'purge-ignored', 'stale-after-bound', 'divergence'],
  },
  {
    name: 'failed-flight-stays',
    about: 'Readers go on joining a fetch that has failed.',
    edits: [
      {
        file: FLIGHTS,
        old: 'flight.landed.then(leave, leave);',
        new: 'flight.landed.then(leave, () => {});',
      },
    ],
    caughtBy: ['unavailable'],
  },
  {
    name: 'joined-counts-as-cached',
    about: 'Who joined a fetch is told that the answer came from the cache.',
    edits: [
      {
        file: 'services/edge/labels.ts',
        old: "source: 'origin', status: term?.isOut",
        new: "source: forwarded.collapsed ? 'cache' : 'origin', status: term?.isOut",
      },
    ],
    caughtBy: ['mislabelled', 'version-regression'],
  },
  {
    name: 'origin-answer-dated-now',
    about: 'What the origin answered is dated when it is passed on.',
    edits: [
      {
        file: 'services/edge/read-route.ts',
        old: 'cached_at: toTimestamp(entry.fetchedAt),',
        new: "cached_at: toTimestamp(source === 'origin' ? options.clock.now() : entry.fetchedAt),",
      },
    ],
    caughtBy: ['misdated'],
  },
  {
    name: 'error-is-missing',
    about: 'An error of the origin is taken for a 404.',
    edits: [
      {
        file: 'services/edge/origin-client.ts',
        old: 'if (status === 404) {\n    const answer = contentMissingAnswer.safeParse(body);',
        new: 'if (status >= 400) {\n    const answer = contentMissingAnswer.safeParse(status === 404 ? body : { success: false, version: 0 });',
      },
    ],
    caughtBy: ['misdated', 'phantom-version', 'stale-after-bound'],
  },
  {
    name: 'copy-for-a-second',
    about: 'An edge keeps what it answered fresh for a second, beside its cache.',
    edits: [
      {
        file: READER,
        old: 'const key = contentKey(id);\n    const found',
        new: 'const key = contentKey(id);\n    const copy = this.#copies.get(key);\n    if (copy !== undefined && this.#options.clock.monotonicMs() < copy.untilMs) return copy.answer;\n    const found',
      },
      {
        file: READER,
        old: "if (entry !== null && found.state === 'fresh') return { entry, source: 'cache', status: 'fresh', term };",
        new: "if (entry !== null && found.state === 'fresh') {\n      const answer = { entry, source: 'cache', status: 'fresh', term } as const;\n      this.#copies.set(key, { answer, untilMs: this.#options.clock.monotonicMs() + 1_000 });\n      return answer;\n    }",
      },
      {
        file: READER,
        old: '  readonly #remembered = new',
        new: '  readonly #copies = new Map<string, { answer: Answer; untilMs: number }>();\n  readonly #remembered = new',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'unchanged-one-clock-later',
    about: 'What the origin calls unchanged is stored one event later than it was asked for.',
    edits: [
      {
        file: REVALIDATIONS,
        old: 'await fill(key, entry, stamp);',
        new: "await fill(key, entry, answer.kind === 'unchanged' ? { ...stamp, clock: stamp.clock + 1 } : stamp);",
      },
    ],
    caughtBy: ['purge-ignored'],
  },
];
