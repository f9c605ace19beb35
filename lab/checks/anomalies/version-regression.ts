/**
 * version-regression: a region went back. A read that began after another had ended returned an older version, though
 * the newer one had come from the cache, and the older one was past its bound (`staleness.ts`).
 *
 * Within the bound two overlapping fetches may differ, and a newer answer straight from the origin need not have been
 * stored: both by design.
 *
 * An edge whose cache does not answer asks the origin past it, and remembers what it answered so. From then on nobody
 * is answered less, be it within the bound, as long as its process lasts. Not judged of a region that has several
 * edges: it binds each by itself, until the cache has heard of it.
 *
 * One anomaly for each older version of a key in a region, with the first read that shows it.
 */
import type { History } from '../../history/history.ts';
import type { FaultRecord } from '../../history/records.ts';
import { answerOf, cellOf, keyOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { Sieve } from '../doubt.ts';
import { Evidence } from '../evidence.ts';
import { windowOf } from '../fault-windows.ts';
import { overlaps } from '../interval.ts';
import type { Staleness, StaleRead } from '../staleness.ts';
import { verdictOf } from '../verdict.ts';
import type { AnsweredRead } from '../versions.ts';

const NAME = 'version-regression';

export const versionRegression: Check = {
  name: NAME,
  about: 'a region answers an older version than before: later than its bound allows, or after a newer answer past its cache',
  begin,
};

interface Regression {
  readonly read: AnsweredRead;
  /** The newest answer that its region had ended before it began. */
  readonly newest: AnsweredRead;
  readonly stale: StaleRead;
  /** Within the bound, too. */
  readonly isRemembered: boolean;
}

function begin({ history, staleness }: CheckInput): Judging {
  const lives = new Lives(history);
  const cached = new NewestAnswers(({ source }) => source === 'cache');
  const bypassed = new NewestAnswers((read) => read.bypassed === true);
  const [older, forgotten] = [new Map<string, Regression>(), new Map<string, Regression>()];
  const sieve = new Sieve<Regression>(
    ({ stale, isRemembered }) => (isRemembered ? undefined : staleness.doubtOf(stale)),
    (regression) => {
      const first = regression.isRemembered ? forgotten : older;
      if (!first.has(cellOf(regression.read))) first.set(cellOf(regression.read), regression);
    },
  );
  const evidence = new Evidence(staleness);
  return {
    answer: (read, stale) => {
      const newest = cached.before(read);
      // Of several edges each has answered so for itself, until the cache is told.
      const remembered = history.boundsOf(read.region).members === undefined ? bypassed.before(read) : undefined;
      if (newest !== undefined && staleness.couldBeOld(read)) {
        evidence.add(read, staleness.versions.changedMs(read));
        const isAbove = stale !== undefined && staleness.excessMs(stale) > 0;
        if (isAbove && newest.version > read.version) sieve.add({ read, newest, stale, isRemembered: false });
      }
      if (remembered === undefined) return;
      evidence.addAtOnce();
      if (stale === undefined || remembered.version <= read.version || !lives.isOne({ read, newest: remembered })) return;
      sieve.add({ read, newest: remembered, stale, isRemembered: true });
    },
    result: () => {
      const why = evidence.whyNone('began after a change of their key and an answer from the cache');
      if (why !== undefined) return { check: NAME, verdict: 'unknown', reason: why, anomalies: [] };
      const first = new Map([...forgotten, ...older]);
      const anomalies = [...first.values()].map((regression) => toAnomaly(regression, staleness));
      const reason = `${sieve.found} of ${evidence.judged} reads went back, epsilon ${Math.round(staleness.epsilonMs)} ms`;
      return verdictOf({ check: NAME, found: sieve.found, anomalies, reason, doubt: sieve.doubt });
    },
  };
}

/** The newest answer of a kind that each region had ended for each key. */
class NewestAnswers {
  readonly #isOfKind: (read: AnsweredRead) => boolean;
  /** By key in a region. */
  readonly #newest = new Map<string, AnsweredRead>();
  /** Those that had not ended when the last read began. */
  readonly #underWay = new Map<string, readonly AnsweredRead[]>();

  constructor(isOfKind: (read: AnsweredRead) => boolean) {
    this.#isOfKind = isOfKind;
  }

  /** Of its key in its region; `read` itself counts from then on. In the order in which they began. */
  before(read: AnsweredRead): AnsweredRead | undefined {
    const cell = keyOf(read);
    const known = this.#underWay.get(cell);
    if (known !== undefined) {
      for (const answer of known) if (answer.endMs < read.startMs && this.#isNewer(cell, answer)) this.#newest.set(cell, answer);
      this.#underWay.set(
        cell,
        known.filter(({ endMs }) => endMs >= read.startMs),
      );
    }
    if (this.#isOfKind(read)) this.#underWay.set(cell, [...(this.#underWay.get(cell) ?? []), read]);
    return this.#newest.get(cell);
  }

  /** Of two with the same version the one that ended first. */
  #isNewer(cell: string, { version, endMs }: AnsweredRead): boolean {
    const newest = this.#newest.get(cell);
    return newest === undefined || version > newest.version || (version === newest.version && endMs < newest.endMs);
  }
}

/** What an edge remembers ends with its process. */
class Lives {
  readonly #ends: readonly FaultRecord[];

  constructor({ faults }: History) {
    this.#ends = faults.filter(({ target }) => target.kind === 'edge');
  }

  isOne({ newest, read }: Pick<Regression, 'newest' | 'read'>): boolean {
    const span = { fromMs: newest.startMs, toMs: read.endMs };
    return !this.#ends.some((fault) => fault.target.region === read.region && overlaps(windowOf(fault), span));
  }
}

function toAnomaly({ read, newest, stale, isRemembered }: Regression, staleness: Staleness): Anomaly {
  const { by } = stale.superseding;
  const agoMs = Math.round(read.startMs - newest.endMs);
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected version ${newest.version} or later in ${read.region}, ${isRemembered ? 'which had answered that version past its cache' : 'whose cache had answered that version'} ${agoMs} ms before, got ${answerOf(read)}: ${staleness.because(stale)}`,
    witness: by.id === newest.id ? [newest, read] : [by, newest, read],
  };
}
