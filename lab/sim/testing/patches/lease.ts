/** Wrong programs in the lease on the log: each calls something fresh for longer than the edge states. */
import type { Patch } from './patch.ts';

const LEASE = 'services/edge/lease.ts';
const RELAY = 'services/origin/relay.ts';
const caughtBy = ['fresh-beyond-lease'] as const;

export const LEASE_PATCHES: readonly Patch[] = [
  {
    name: 'lease-never-out',
    about: 'A lease is stated, and never runs out.',
    edits: [{ file: LEASE, old: 'isOut: now > until ||', new: 'isOut: now > until + 3_600_000 ||' }],
    caughtBy,
  },
  {
    name: 'lease-lengthened',
    about: "Each key's lease is longer by a share of its own, not shorter.",
    edits: [
      {
        file: LEASE,
        old: 'const until = basis + leaseMs * (1 - SHORTENED_SHARE * shareOf(key));',
        new: 'const until = basis + leaseMs * (1 + SHORTENED_SHARE * shareOf(key));',
      },
    ],
    caughtBy,
  },
  {
    name: 'marked-before-acknowledged',
    about: 'What was claimed is marked as sent before the log has it, so heartbeats speak for events that never arrive.',
    edits: [
      {
        file: RELAY,
        old: '    await log.append(events.map(toMessage));\n    const sentAt',
        new: '    await outbox.markSent(ids);\n    await log.append(events.map(toMessage));\n    const sentAt',
      },
    ],
    caughtBy,
  },
  {
    name: 'any-answer-counts',
    about: 'An answer of the origin to one key counts as word from the origin for all.',
    edits: [
      {
        file: LEASE,
        old: '    const until = basis + leaseMs * (1 - SHORTENED_SHARE * shareOf(key));',
        new: '    const until = Math.max(basis, this.#answered) + leaseMs * (1 - SHORTENED_SHARE * shareOf(key));',
      },
      {
        file: LEASE,
        old: '    const until = fetchedAt + leaseMs;',
        new: '    const until = fetchedAt + leaseMs;\n    this.#answered = fetchedAt;',
      },
      { file: LEASE, old: '  readonly #clock: Clock;\n', new: '  readonly #clock: Clock;\n  #answered = 0;\n' },
    ],
    caughtBy,
  },
  {
    name: 'heartbeat-is-unreadable',
    about: 'A heartbeat counts as a record that cannot be read: each makes everything invalid.',
    edits: [
      {
        file: 'services/edge/queued-record.ts',
        old: 'event === undefined ? parseUnmarked(value)',
        new: "event === undefined && value === '' ? parseUnmarked(value)",
      },
    ],
    caughtBy: ['refill-storm'],
  },
];
