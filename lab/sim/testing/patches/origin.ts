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
];
