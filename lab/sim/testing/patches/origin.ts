/** Wrong programs in what the origin writes and publishes. */
import { OLD_CONTENT, type Patch } from './patch.ts';

const DATABASE = 'services/origin/database/memory.ts';
const RELAY = 'services/origin/relay.ts';
const APPEND = 'await log.append(events.map(toMessage));';

export const ORIGIN_PATCHES: readonly Patch[] = [
  {
    name: 'create-not-published',
    about: 'A creation is not published: what was answered 404 before stays 404.',
    edits: [
      {
        file: DATABASE,
        old: "this.#queue({ eventId, id: row.id, version: 1, mode: null, priority: 'normal', at: row.created_at });",
        new: "if (row.id < 0) this.#queue({ eventId, id: row.id, version: 1, mode: null, priority: 'normal', at: row.created_at });",
      },
    ],
    caughtBy: ['lost-invalidation', 'mislabelled', 'stale-after-bound'],
  },
  {
    name: 'delete-mode-lost',
    about: 'A deletion is published without its mode.',
    edits: [
      {
        file: DATABASE,
        old: "mode: 'hard', priority: 'high' });\n    return [{ id: deleted.id",
        new: "mode: null, priority: 'high' });\n    return [{ id: deleted.id",
      },
    ],
    caughtBy: ['resurrection'],
  },
  {
    name: 'etag-without-version',
    about: 'Two versions of a content have one tag.',
    edits: [
      {
        file: 'services/origin/etag.ts',
        old: 'return `"${id}-${version}-${Date.parse(updated_at)}"`;',
        new: 'return `"${id}-${version < 0 ? updated_at : 0}"`;',
      },
    ],
    caughtBy: ['mislabelled', 'divergence', 'stale-after-bound'],
  },
  {
    name: 'relay-marks-before-append',
    about: 'What is not in the log yet is marked as sent.',
    edits: [{ file: RELAY, old: APPEND, new: `await outbox.markSent(ids);\n    ${APPEND}` }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'relay-swallows-append-error',
    about: 'What the log did not take is marked as sent.',
    edits: [{ file: RELAY, old: APPEND, new: 'await log.append(events.map(toMessage)).catch(() => {});' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'relay-half-batch',
    about: 'Of what is claimed together, the second half is not published.',
    edits: [{ file: RELAY, old: APPEND, new: 'await log.append(events.slice(0, Math.ceil(events.length / 2)).map(toMessage));' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'relay-not-woken',
    about: 'A write waits for the next poll of the relay.',
    edits: [
      { file: RELAY, old: 'wake(): void {\n    this.#woken = true;\n    this.#wake();', new: 'wake(): void {\n    this.#woken = false;' },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'purge-by-key-only',
    about: 'A purge of a tag is published as one of a key.',
    edits: [
      {
        file: 'services/origin/outbox.ts',
        old: '[eventId, type, target ?? TARGET_ALL,',
        new: "[eventId, type === 'tag' ? 'key' : type, target ?? TARGET_ALL,",
      },
    ],
    caughtBy: ['purge-ignored'],
  },
  {
    name: 'tags-not-updated',
    about: 'An update leaves the tags as they were.',
    edits: [
      {
        file: DATABASE,
        old: 'tags: tags === null ? old.tags : toTexts(tags),',
        new: 'tags: tags === null ? old.tags : toTexts(old.tags),',
      },
    ],
    caughtBy: ['purge-ignored', 'lost-write'],
  },
  {
    name: 'retag-keeps-version',
    about: 'An update that changes the tags makes no new version.',
    edits: [
      {
        file: DATABASE,
        old: 'version: old.version + 1,\n      updated_at',
        new: 'version: old.version + (tags === null ? 1 : 0),\n      updated_at',
      },
    ],
    caughtBy: ['phantom-version'],
  },
  {
    name: 'delete-keeps-version',
    about: 'A deletion has the version of what it deletes.',
    edits: [
      {
        file: DATABASE,
        old: 'version: old.version + 1, at: toDate(time) };',
        new: 'version: old.version, at: toDate(time) };',
      },
    ],
    caughtBy: ['phantom-version'],
  },
  {
    name: 'update-clears-tags',
    about: 'An update that says nothing of the tags removes them.',
    edits: [
      {
        file: DATABASE,
        old: 'tags: tags === null ? old.tags : toTexts(tags)',
        new: 'tags: tags === null ? [] : toTexts(tags)',
      },
    ],
    caughtBy: ['purge-ignored'],
  },
  {
    name: 'slug-never-free',
    about: 'The slug of a deleted content stays taken: what was deleted cannot be created again.',
    edits: [
      {
        file: DATABASE,
        old: 'this.#idsBySlug.delete(old.slug);',
        new: '',
      },
    ],
    caughtBy: ['unavailable'],
  },
  {
    name: 'reads-of-a-replica',
    about: 'A content is read as it was 50 ms before.',
    edits: [
      {
        file: DATABASE,
        old: 'find: ([id]) => present(this.#contents.get(Number(id))),',
        new: 'find: ([id]) => present(this.#replica.get(Number(id)) ?? this.#contents.get(Number(id))),',
      },
      {
        file: DATABASE,
        old: 'const row: ContentRow = {\n      ...old,',
        new: 'this.#replica.set(old.id, old);\n    this.#clock.setTimer(50, () => this.#replica.delete(old.id));\n    const row: ContentRow = {\n      ...old,',
      },
      {
        file: DATABASE,
        old: '  readonly #idsBySlug',
        new: '  readonly #replica = new Map<number, ContentRow>();\n  readonly #idsBySlug',
      },
    ],
    caughtBy: ['misdated'],
  },
  {
    name: 'last-of-a-target',
    about: 'Of the events of a target that are published together only the last is.',
    edits: [
      {
        file: 'services/origin/outbox.ts',
        old: 'events: rows.map(toEvent)',
        new: 'events: rows.filter(({ target }, at) => rows.findLastIndex((row) => row.target === target) === at).map(toEvent)',
      },
    ],
    caughtBy: ['purge-ignored'],
  },
  {
    name: 'relay-marks-all',
    about: 'What is written while the relay publishes counts as published.',
    edits: [
      {
        file: DATABASE,
        old: 'for (const id of toTexts(ids)) this.#pending.delete(id);',
        new: 'if (toTexts(ids).length > 0) this.#pending.clear();',
      },
    ],
    caughtBy: [...OLD_CONTENT, 'strategy-ignored'],
  },
  {
    name: 'relay-gives-up',
    about: 'What the log refuses three times in a row is not published.',
    edits: [
      {
        file: RELAY,
        old: 'await log.append(events.map(toMessage));',
        new: 'await log.append(events.map(toMessage)).catch((error: unknown) => {\n      this.#refused += 1;\n      if (this.#refused % 3 > 0) throw error;\n    });',
      },
      {
        file: RELAY,
        old: '  #prunedAt: number;',
        new: '  #refused = 0;\n  #prunedAt: number;',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'tag-of-the-second',
    about: 'The tag of a content is the second of its last change.',
    edits: [
      {
        file: 'services/origin/etag.ts',
        old: 'return `"${id}-${version}-${Date.parse(updated_at)}"`;',
        new: 'return `"${id}-${version < 0 ? 0 : Math.floor(Date.parse(updated_at) / 1000)}"`;',
      },
    ],
    caughtBy: ['misdated', 'mislabelled', 'divergence', 'stale-after-bound'],
  },
  {
    name: 'purges-of-a-moment',
    about: 'A purge of what was purged less than two seconds before is left out.',
    edits: [
      {
        file: 'services/origin/outbox.ts',
        old: 'const eventId = this.#random.uuid();\n    await',
        new: 'const eventId = this.#random.uuid();\n    const [purged, now] = [`${type} ${target}`, this.#clock.now()];\n    const before = this.#purged.get(purged) ?? 0;\n    this.#purged.set(purged, now);\n    if (now - before < 2_000) return eventId;\n    await',
      },
      {
        file: 'services/origin/outbox.ts',
        old: '  readonly #database: Queries;',
        new: '  readonly #purged = new Map<string, number>();\n  readonly #database: Queries;',
      },
    ],
    caughtBy: ['purge-ignored'],
  },
  {
    name: 'pending-lost-at-start',
    about: 'A relay takes what it finds at its start for sent.',
    edits: [
      {
        file: 'services/origin/relay.ts',
        old: '    const claimed = claim.ids.length;',
        new: '    if (!this.#hasClaimed) {\n      this.#hasClaimed = true;\n      await outbox.markSent(claim.ids);\n      return 0;\n    }\n    const claimed = claim.ids.length;',
      },
      { file: 'services/origin/relay.ts', old: '  #woken = false;\n  #wake:', new: '  #woken = false;\n  #hasClaimed = false;\n  #wake:' },
    ],
    caughtBy: ['strategy-ignored', ...OLD_CONTENT],
  },
];
