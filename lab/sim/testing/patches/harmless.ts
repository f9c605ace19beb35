/** Programs that differ from ours and break no promise: none of these may be caught. */
import type { HarmlessPatch } from './patch.ts';

const STORE = 'services/edge/cache/store.ts';

export const HARMLESS_PATCHES: readonly HarmlessPatch[] = [
  {
    name: 'relay-repeats',
    about: 'Everything is published twice.',
    edits: [
      {
        file: 'services/origin/relay.ts',
        old: 'await log.append(events.map(toMessage));',
        new: 'await log.append([...events, ...events].map(toMessage));',
      },
    ],
    argument: 'Publishing is at least once: minima and epochs are maxima, so a repeat changes no answer. It may cost a fetch.',
  },
  {
    name: 'relay-newest-first',
    about: 'What is claimed together is published in the other order.',
    edits: [
      {
        file: 'services/origin/relay.ts',
        old: 'await log.append(events.map(toMessage));',
        new: 'await log.append(events.toReversed().map(toMessage));',
      },
    ],
    argument: 'Hard and soft minima are kept apart and only grow, so the order of events of a key does not matter.',
  },
  {
    name: 'skip-below',
    about: 'The event that was applied last is applied once more.',
    edits: [
      { file: STORE, old: "if (position.offset <= applied) return 'skipped';", new: "if (position.offset < applied) return 'skipped';" },
    ],
    argument: 'Applying is idempotent. It may cost a fetch.',
  },
  {
    name: 'fill-no-floor',
    about: 'A fill from below the floor is stored.',
    edits: [{ file: STORE, old: "if (clock < this.#marks.floor) return 'below-floor';", new: '' }],
    argument: 'Lookup judges the entry by the floor, too: what is stored is invalid and is never served.',
  },
  {
    name: 'fill-no-hard-epoch',
    about: 'A fill below a hard epoch is stored.',
    edits: [{ file: STORE, old: "if (this.#marks.hasHardEpochAbove(key, clock, tagsOf(entry))) return 'hard-epoch';", new: '' }],
    argument: 'Lookup judges the entry by the same epochs: what is stored is invalid and is never served.',
  },
  {
    name: 'fill-no-hard-minimum',
    about: 'A fill below the hard minimum is stored.',
    edits: [{ file: STORE, old: "if (entry.version < this.#marks.hardMinimum(key)) return 'below-hard-minimum';", new: '' }],
    argument: 'Lookup judges the entry by the same minimum: what is stored is invalid and is never served.',
  },
  {
    name: 'older-overwrites',
    about: 'An older version replaces a newer one in the cache.',
    edits: [
      {
        file: STORE,
        old: 'return stored.entry.version > filled.version;',
        new: 'return stored.entry.version > filled.version && stored.clock < 0;',
      },
    ],
    argument:
      'What the older fetch read was the latest less than a fetch ago, and an event of the newer version is on its way: inside the bound.',
  },
  {
    name: 'same-clock-overwrites-lower',
    about: 'The same version, read earlier, replaces the one read later.',
    edits: [{ file: STORE, old: 'return stored.clock > filled.clock;', new: 'return false;' }],
    argument: 'Its version is the same, and its lower clock is judged by all marks in between. It may cost a fetch.',
  },
  {
    name: 'join-fence-above',
    about: 'A reader joins only fetches that began after the last mark.',
    edits: [
      {
        file: 'services/edge/flights.ts',
        old: 'current.stamp.clock >= fence',
        new: 'current.stamp.clock >= fence' + ' && (current.stamp.clock > fence || fence === 0 || clock === current.stamp.clock)',
      },
    ],
    argument: 'It joins less often than it could. It may cost a fetch.',
  },
  {
    name: 'unconditional-revalidation',
    about: 'A stale entry is fetched whole, without If-None-Match.',
    edits: [
      {
        file: 'services/edge/revalidations.ts',
        old: 'const answer = await origin.fetch(id, held.etag);',
        new: "const answer = await origin.fetch(id, held.etag === '' ? held.etag : undefined);",
      },
    ],
    argument: 'A whole answer says as much as a 304. It costs bytes.',
  },
  {
    name: 'update-without-version',
    about: 'An update is published as a purge of its key.',
    edits: [
      {
        file: 'services/origin/outbox.ts',
        old: '...(row.version === null ? {} : { version: row.version }),',
        new: '...(row.version === null || (row.version > 1 && row.mode === null) ? {} : { version: row.version }),',
      },
    ],
    argument: 'A purge of the key makes invalid at least what the version would. It may cost a fetch.',
  },
  {
    name: 'relay-keyed-by-event',
    about: 'The events of one content are in any partition.',
    edits: [
      {
        file: 'services/origin/relay.ts',
        old: 'return { key: event.target, value',
        new: 'return { key: event.id, value',
      },
    ],
    argument: 'Marks come to the same in whatever order they are applied.',
  },
  {
    name: 'relay-purges-first',
    about: 'Of what is published together purges and deletions come first.',
    edits: [
      {
        file: 'services/origin/outbox.ts',
        old: 'events: rows.map(toEvent)',
        new: "events: [...rows].sort((one, other) => Number(other.priority === 'high') - Number(one.priority === 'high')).map(toEvent)",
      },
    ],
    argument: 'Neither order nor repeats change what the marks come to, and each is published after its commit.',
  },
];
