/** Judges a session as it goes on: hears of every operation, fault and setting, and says once a second what stands. */
import type { Timer } from '../../services/runtime/clock.ts';
import { LogWatch } from '../session/log-watch.ts';
import { Recording } from '../session/recording.ts';
import { ServiceLooks } from '../session/service-looks.ts';
import type { Session } from '../session/session.ts';
import { regionBounds } from '../system/edges/edge.ts';
import { type EndedOperation, type Judgement, LiveJudge } from './live-judge.ts';

export interface JudgingOptions {
  readonly session: Session;
  readonly onJudged: (judgement: Judgement) => void;
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
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: JudgingOptions) {
    this.#options = options;
    const { session } = options;
    const { world, clients, startedAt } = session;
    const regions = world.regions.map(({ region }) => region);
    const sink = new LiveJudge(regions, regionBounds(regions.map((region) => clients.edge(region))));
    this.#judge = sink;
    this.#recording = new Recording({ session, sink, startedAt, stallPeriodMs: STALL_PERIOD_MS });
    const watch = new LogWatch({ sink, t: () => session.t(), isOneProcess: world.onStall !== undefined });
    this.looks = new ServiceLooks({ session, watch });
    this.#judgeLater();
  }

  readonly ended = (operation: EndedOperation): void => this.#judge.addOperation(operation);

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#recording.close();
  }

  #judgeLater(): void {
    const { session, onJudged } = this.#options;
    this.#timer = session.clock.setTimer(PERIOD_MS, () => {
      if (this.#closed) return;
      onJudged(this.#judge.judge(session.t()));
      this.#judgeLater();
    });
  }
}
