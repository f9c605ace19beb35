/** Judges a session as it goes on: hears of every operation, fault and setting, and says once a second what stands. */
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../services/protocol/origin-api.ts';
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import type { FaultChange } from '../faults/active-faults.ts';
import { FaultRecorder, type FaultSink } from '../faults/fault-recorder.ts';
import { toEdgeSample } from '../session/log-watch.ts';
import { type MachineWatch, watchMachine } from '../session/machine-watch.ts';
import { ServiceStalls } from '../session/service-stalls.ts';
import { recordSettings } from '../session/settings-recorder.ts';
import type { World } from '../worlds/world.ts';
import { type EndedOperation, type Judgement, LiveJudge } from './live-judge.ts';
import type { Observation, Seen } from './protocol.ts';

export interface JudgingOptions {
  readonly world: World;
  readonly clock: Clock;
  /** ms since the start. */
  readonly t: () => number;
  readonly onJudged: (judgement: Judgement) => void;
}

const PERIOD_MS = 1_000;
/** Against an epsilon of a second a coarse look does, and a terminal may be open all day. */
const STALL_PERIOD_MS = 200;

export class Judging {
  readonly #options: JudgingOptions;
  readonly #judge: LiveJudge;
  readonly #machine: MachineWatch;
  readonly #services: ServiceStalls;
  readonly #recorder: FaultRecorder;
  readonly #endSettings: () => void;
  /** By node: when it gave the answer that was taken last. */
  readonly #answeredMs = new Map<string, number>();
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: JudgingOptions) {
    this.#options = options;
    const { world, clock, t } = options;
    this.#judge = new LiveJudge(world.regions.map(({ region }) => region));
    const sink = this.#judge;
    this.#recorder = new FaultRecorder({ sink });
    this.#endSettings = recordSettings({ settings: world.settings, regions: world.regions, t, sink });
    this.#machine = watchMachine({ world, clock, sink, t, periodMs: STALL_PERIOD_MS });
    this.#services = new ServiceStalls({ sink, isOneProcess: world.onStall !== undefined });
    this.#judgeLater();
  }

  readonly ended = (operation: EndedOperation): void => this.#judge.add(operation);

  faultChanged(change: FaultChange): void {
    this.#recorder.changed(change);
  }

  /** What the services said of themselves when they were looked at; what has been told is not told again. */
  observed({ origin, regions }: Observation): void {
    this.#saw('origin', origin, ({ outbox }, atMs) => this.#judge.addOriginSample({ atMs, pending: outbox.pending }));
    for (const [region, seen] of Object.entries(regions))
      this.#saw(`edge:${region}`, seen, (metrics, atMs) => this.#judge.addEdgeSample(toEdgeSample(region, metrics, atMs)));
  }

  #saw<Metrics extends OriginMetrics | EdgeMetrics>(
    of: string,
    { metrics, answeredMs }: Seen<Metrics>,
    addSample: (metrics: Metrics, atMs: number) => void,
  ): void {
    if (metrics === undefined || answeredMs === undefined || this.#answeredMs.get(of) === answeredMs) return;
    this.#answeredMs.set(of, answeredMs);
    this.#services.saw(of, metrics.process, answeredMs);
    addSample(metrics, answeredMs);
  }

  /** Takes the faults of something else than the session. */
  get sink(): FaultSink {
    return this.#judge;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#machine.close();
    this.#endSettings();
  }

  #judgeLater(): void {
    const { clock, t, onJudged } = this.#options;
    this.#timer = clock.setTimer(PERIOD_MS, () => {
      if (this.#closed) return;
      onJudged(this.#judge.judge(t()));
      this.#judgeLater();
    });
  }
}
