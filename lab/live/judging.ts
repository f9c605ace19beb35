/** Judges a session as it goes on: hears of every operation, fault and setting, and says once a second what stands. */
import type { Timer } from '../../services/runtime/clock.ts';
import type { OnHistoryLine } from '../history/history-lines.ts';
import { LogWatch } from '../session/log-watch.ts';
import { Recording } from '../session/recording.ts';
import { ServiceLooks } from '../session/service-looks.ts';
import type { Session } from '../session/session.ts';
import { regionBounds } from '../system/edges/edge.ts';
import { type EndedOperation, type Judgement, LiveJudge } from './live-judge.ts';
import type { RefusedReads as RefusedReadsOfRegion, Tone } from './protocol.ts';
import { RefusedReads } from './refused-reads.ts';
import { RunFigures } from './run-figures.ts';

export interface Judged extends Judgement {
  readonly refused: Readonly<Record<string, RefusedReadsOfRegion>>;
}

export interface JudgingOptions {
  readonly session: Session;
  readonly onJudged: (judged: Judged) => void;
  readonly note: (tone: Tone, text: string) => void;
}

const PERIOD_MS = 1_000;
/** Against an epsilon of a second a coarse look does, and a terminal may be open all day. */
const STALL_PERIOD_MS = 200;

export class Judging {
  /** What the services tell there is judged by, too. */
  readonly looks: ServiceLooks;
  readonly #options: JudgingOptions;
  readonly #judge: LiveJudge;
  readonly #recording: Recording;
  readonly #refused: RefusedReads;
  #run: RunFigures | undefined;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: JudgingOptions) {
    this.#options = options;
    const { session } = options;
    const { world, clients, startedAt } = session;
    this.#refused = new RefusedReads(options.note);
    const regions = world.regions.map(({ region }) => region);
    const sink = new LiveJudge(regions, regionBounds(regions.map((region) => clients.edge(region))));
    this.#judge = sink;
    this.#recording = new Recording({ session, sink, startedAt, stallPeriodMs: STALL_PERIOD_MS });
    const watch = new LogWatch({ sink, t: () => session.t(), isOneProcess: world.onStall !== undefined });
    this.looks = new ServiceLooks({ session, watch });
    this.#judgeLater();
  }

  /** Takes what the steady load has sent: a read that failed is no answer, and says nothing of how old one is. */
  readonly ended = (operation: EndedOperation): void => {
    if (operation.kind !== 'read' || operation.outcome === 'ok') this.#judge.addOperation(operation);
    else if (!this.#closed) this.#refused.add(operation.region, operation.error ?? 'no answer', operation.endMs ?? operation.startMs);
  };

  /** A run begins now: takes the lines of its history. Its figures are told until `runEnded`. */
  followRun(): OnHistoryLine {
    const { session } = this.#options;
    const run = new RunFigures({
      regions: session.world.regions.map(({ region }) => region),
      startedMs: session.t(),
      onRefused: (region, error, endMs) => this.#refused.add(region, error, endMs),
    });
    this.#run = run;
    return (line) => run.take(line);
  }

  runEnded(): void {
    this.#run = undefined;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#recording.close();
  }

  #judgeLater(): void {
    const { session, onJudged } = this.#options;
    this.#timer = session.clock.setTimer(PERIOD_MS, () => {
      if (this.#closed) return;
      const nowMs = session.t();
      onJudged({ ...this.#judge.judge(nowMs), ...this.#run?.figures(nowMs), refused: this.#refused.of(nowMs) });
      this.#judgeLater();
    });
  }
}
