/** Wrong programs in how an edge takes invalidations from the log. */
import { OLD_CONTENT, type Patch } from './patch.ts';

const INVALIDATOR = 'services/edge/invalidator.ts';
const QUEUE = 'services/edge/partition-queue.ts';
const STORE = 'services/edge/cache/store.ts';
const RECORD = 'services/edge/queued-record.ts';
const CATCH_UP = 'services/edge/catch-up.ts';
const MODE = 'return event?.mode ?? modeOf(strategy);';

export const INVALIDATOR_PATCHES: readonly Patch[] = [
  {
    name: 'never-catching-up',
    about: 'An edge that has just joined calls what it held before fresh.',
    edits: [
      {
        file: INVALIDATOR,
        old: 'return this.#catchUp.isUnderWay(this.#queues, this.#applied) || this.#overdue.longestMs(this.#queues) > OVERDUE_MS_MAX;',
        new: 'return this.#overdue.longestMs(this.#queues) > OVERDUE_MS_MAX;',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'overdue-is-fresh',
    about: 'What is known and cannot be applied is called fresh.',
    edits: [
      {
        file: INVALIDATOR,
        old: 'return this.#catchUp.isUnderWay(this.#queues, this.#applied) || this.#overdue.longestMs(this.#queues) > OVERDUE_MS_MAX;',
        new: 'return this.#catchUp.isUnderWay(this.#queues, this.#applied);',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'catch-up-one-less',
    about: 'Catching up ends one event too early.',
    edits: [{ file: CATCH_UP, old: '[partition, end - 1]', new: '[partition, end - 2]' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'catch-up-when-recognised',
    about: 'Catching up ends when the log is known to be the same one.',
    edits: [
      {
        file: CATCH_UP,
        old: 'if ((applied.get(partition) ?? BEFORE_FIRST) < last) return true;',
        new: 'if (last < BEFORE_FIRST) return applied.size > 0;',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'no-recognition',
    about: 'Whether the log is the one it was is not looked at.',
    edits: [
      {
        file: QUEUE,
        old: 'if (!isRecordAt(this.#awaited, record)) return this.#feed.onOtherLog();',
        new: 'if (isRecordAt(this.#awaited, record) && record.offset < 0) return this.#feed.onOtherLog();',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'strategy-inverted',
    about: 'A lazy region deletes, an eager one serves what is stale.',
    edits: [{ file: RECORD, old: MODE, new: "return event?.mode ?? (modeOf(strategy) === 'hard' ? 'soft' : 'hard');" }],
    caughtBy: ['strategy-ignored'],
  },
  {
    name: 'always-eager',
    about: 'Every region deletes.',
    edits: [{ file: RECORD, old: MODE, new: "return event?.mode ?? (modeOf(strategy) === 'hard' ? 'hard' : 'hard');" }],
    caughtBy: ['strategy-ignored'],
  },
  {
    name: 'always-lazy',
    about: 'Every region serves what is stale.',
    edits: [{ file: RECORD, old: MODE, new: "return event?.mode ?? (modeOf(strategy) === 'hard' ? 'soft' : 'soft');" }],
    caughtBy: ['strategy-ignored'],
  },
  {
    name: 'mode-always-strategy',
    about: "What an event asks for itself is passed over for the region's strategy.",
    edits: [{ file: RECORD, old: MODE, new: 'return event === undefined ? modeOf(strategy) : modeOf(strategy);' }],
    caughtBy: ['resurrection', 'purge-ignored', 'strategy-ignored'],
  },
  {
    name: 'unreadable-skipped',
    about: 'A record that cannot be read counts as none.',
    edits: [
      {
        file: RECORD,
        old: "if (event === undefined) return { type: 'all', target: TARGET_ALL, mode };",
        new: "if (event === undefined) return { type: 'key', target: TARGET_ALL, mode };",
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'event-version-one-less',
    about: 'An event invalidates the versions before the one before it.',
    edits: [{ file: RECORD, old: '{ ...mark, version: event.version };', new: '{ ...mark, version: event.version - 1 };' }],
    caughtBy: ['resurrection', 'lost-invalidation', 'strategy-ignored'],
  },
  {
    name: 'delay-twice',
    about: 'The delay of a region is waited for twice.',
    edits: [
      {
        file: QUEUE,
        old: 'return sinceMs + this.#ports.settings.propagationDelayMs;',
        new: 'return sinceMs + 2 * this.#ports.settings.propagationDelayMs;',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'failed-apply-stands',
    about: 'What could not be applied is taken off the queue.',
    edits: [{ file: QUEUE, old: "this.#fail('an apply failed');", new: 'this.#settle(head);' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'behind-the-start',
    about: 'A position that the log does not hold any more is read on from the start.',
    edits: [{ file: 'services/edge/places.ts', old: 'position.offset < start || position.offset >= end', new: 'position.offset >= end' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'delay-of-the-arrival',
    about: 'What waits already keeps the delay that was in force when it came.',
    edits: [
      {
        file: QUEUE,
        old: 'return sinceMs + this.#ports.settings.propagationDelayMs;',
        new: 'return sinceMs + (delayMs ?? 0);',
      },
      {
        file: QUEUE,
        old: '#dueMs({ sinceMs, unmarked }: QueuedRecord): number {',
        new: '#dueMs({ sinceMs, unmarked, delayMs }: QueuedRecord & { readonly delayMs?: number }): number {',
      },
      {
        file: QUEUE,
        old: 'arrivedAt, sinceMs, previous: this.#last });',
        new: 'arrivedAt, sinceMs, previous: this.#last, ...{ delayMs: this.#ports.settings.propagationDelayMs } });',
      },
    ],
    caughtBy: ['stale-after-bound', 'resurrection', 'purge-ignored'],
  },
  {
    name: 'take-up-without-seek',
    about: 'After a failed apply the log is read on from where it was.',
    edits: [
      {
        file: INVALIDATOR,
        old: 'this.#subscription?.seek(partition, next);',
        new: '',
      },
    ],
    caughtBy: [...OLD_CONTENT, 'divergence'],
  },
  {
    name: 'failed-for-five-seconds',
    about: 'After a failed apply a partition stands still for five seconds.',
    edits: [
      {
        file: QUEUE,
        old: 'setTimer(FAILED_PAUSE_MS,',
        new: 'setTimer(100 * FAILED_PAUSE_MS,',
      },
    ],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'strategy-of-the-join',
    about: 'A changed strategy counts only from the next join on.',
    edits: [
      {
        file: QUEUE,
        old: 'this.#waiting = new WaitingRecords(owed);',
        new: 'this.#waiting = new WaitingRecords(owed);\n    this.#strategy = ports.settings.strategy;',
      },
      {
        file: QUEUE,
        old: 'toApplication(item, strategy, this.#generation)',
        new: 'toApplication(item, this.#strategy ?? strategy, this.#generation)',
      },
      {
        file: QUEUE,
        old: '  #paused = false;\n',
        new: "  #paused = false;\n  #strategy: EdgeSettings['strategy'] | undefined;\n",
      },
    ],
    caughtBy: ['strategy-ignored'],
  },
  {
    name: 'applied-but-one',
    about: 'Of a batch only the first counts as applied: an edge that begins anew may go on catching up for ever.',
    edits: [
      {
        file: QUEUE,
        old: 'const last = head.at(-1);',
        new: 'const last = head.at(0);',
      },
    ],
    caughtBy: ['mislabelled', 'divergence'],
  },
  {
    name: 'owed-forgotten',
    about: 'What was read and not applied is forgotten when the log is read again: nothing is overdue.',
    edits: [
      {
        file: 'services/edge/overdue.ts',
        old: 'this.#owed.set(partition, queue.owed());',
        new: 'this.#owed.set(partition, queue.owed().slice(queue.length));',
      },
    ],
    caughtBy: ['stale-after-bound', 'purge-ignored', 'resurrection'],
  },
  {
    name: 'unreadable-is-soft',
    about: 'A record that cannot be read makes everything stale, in an eager region too.',
    edits: [
      {
        file: RECORD,
        old: "if (event === undefined) return { type: 'all', target: TARGET_ALL, mode };",
        new: "if (event === undefined) return { type: 'all', target: TARGET_ALL, mode: 'soft' };",
      },
    ],
    caughtBy: [...OLD_CONTENT, 'strategy-ignored'],
  },
  {
    name: 'no-gap-rule',
    about: 'An event is applied although the one before it never was.',
    edits: [{ file: STORE, old: "if (applied < previous) return 'gap';", new: '' }],
    caughtBy: OLD_CONTENT,
  },
  {
    name: 'previous-always-start',
    about: 'Each event is applied as if it were the first.',
    edits: [{ file: QUEUE, old: 'sinceMs, previous: this.#last });', new: 'sinceMs, previous: BEFORE_FIRST });' }],
    caughtBy: OLD_CONTENT,
  },
];
