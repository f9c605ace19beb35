/** What a check needs to be told beside the answers that readers get: not every edge tells it. */
import type { History } from '../history/history.ts';
import type { ReadOperation } from '../history/records.ts';
import type { CheckResult, Need } from './check.ts';
import { isAnswered } from './versions.ts';

interface Evidence {
  /** For a sentence: `the check needs …, which the history does not say`. */
  readonly about: string;
  readonly isToldOf: (region: string, told: Told) => boolean;
}

/** An edge that mostly tells it, but not where it matters, does not tell it. */
const DATED_SHARE_MIN = 0.95;

const EVIDENCE: Readonly<Record<Need, Evidence>> = {
  'fetch-counter': {
    about: 'how often each edge asked the origin',
    // Of a cache whose readers may join a fetch nobody asks how many it made.
    isToldOf: (region, { history }) =>
      history.boundsOf(region).joins === true || history.of('edge-sample').some((sample) => sample.region === region),
  },
  'fetch-time': {
    about: 'when the origin was asked for each answer',
    isToldOf: (region, told) => told.datedShare(region) >= DATED_SHARE_MIN,
  },
  'fetches-dated': {
    about: 'when the origin was asked for each answer',
    isToldOf: (region, told) => told.history.boundsOf(region).datedBy === 'label' || told.datedShare(region) >= DATED_SHARE_MIN,
  },
  strategy: {
    about: 'which strategy each region had',
    isToldOf: (region, { history }) => history.of('strategy').some((change) => change.region === region),
  },
};

/** What a history tells of each region. It is shown every read. */
export class Told {
  readonly history: History;
  readonly #regions: readonly string[];
  /** By region: how many answers there were, and how many said when the origin was asked for them. */
  readonly #answers = new Map<string, { all: number; dated: number }>();

  constructor(history: History, regions: readonly string[]) {
    this.history = history;
    this.#regions = regions;
  }

  take(read: ReadOperation): void {
    if (!isAnswered(read)) return;
    const answers = this.#answers.get(read.region) ?? { all: 0, dated: 0 };
    this.#answers.set(read.region, answers);
    answers.all += 1;
    if (read.cachedMs !== undefined) answers.dated += 1;
  }

  /** 0 to 1. */
  datedShare(region: string): number {
    const { all, dated } = this.#answers.get(region) ?? { all: 1, dated: 0 };
    return dated / all;
  }

  /**
   * What the check found. Where a region that answered lacks what the check needs it is unknown at best, by the name of
   * what is missing.
   */
  asNeeded(result: CheckResult, needs: readonly Need[] = []): CheckResult {
    const missing = needs.flatMap((need) => this.#missing(need));
    if (missing.length === 0) return result;
    if (result.verdict === 'fail' && !missing.some(({ isOfAll }) => isOfAll)) return result;
    const reason = `the check needs ${missing.map(({ what }) => what).join(' and ')}, which the history does not say`;
    return { check: result.check, verdict: 'unknown', reason, anomalies: [] };
  }

  #missing(need: Need) {
    const { about, isToldOf } = EVIDENCE[need];
    const answering = this.#regions.filter((region) => this.#answers.has(region));
    const without = answering.filter((region) => !isToldOf(region, this));
    if (without.length === 0) return [];
    const isOfAll = without.length === answering.length;
    return [{ isOfAll, what: isOfAll ? about : `${about} (of ${without.join(', ')})` }];
  }
}
