/** Judges a session as it goes on: hears of every operation, fault and delay, and says once a second what stands. */
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import type { Clients } from '../clients.ts';
import type { FaultChange } from '../faults/active-faults.ts';
import type { FaultRecord } from '../load/records.ts';
import { type StallMeter, watchStalls } from '../stall-meter.ts';
import type { World } from '../worlds/world.ts';
import { type EndedOperation, type Judgement, LiveJudge } from './live-judge.ts';

export interface JudgingOptions {
  readonly world: World;
  readonly clients: Clients;
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
  readonly #stalls: StallMeter;
  readonly #delaysMs = new Map<string, number>();
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: JudgingOptions) {
    this.#options = options;
    const { world, clock, t } = options;
    this.#judge = new LiveJudge(world.regions.map(({ region }) => region));
    for (const { region, delayMs } of world.regions) this.delayChanged(region, 0, delayMs);
    this.#stalls = watchStalls({ clock, periodMs: STALL_PERIOD_MS }, (lateMs) => this.#judge.addStall({ dueMs: t() - lateMs, lateMs }));
    this.#judgeLater();
  }

  readonly ended = (operation: EndedOperation): void => this.#judge.add(operation);

  delayChanged(region: string, atMs: number, delayMs: number): void {
    if (this.#delaysMs.get(region) === delayMs) return;
    this.#delaysMs.set(region, delayMs);
    this.#judge.addDelay({ region, atMs, delayMs });
  }

  faultChanged(change: FaultChange): void {
    const { spec, fault, event, effect, injectedMs, atMs } = change;
    if (event === 'injecting') {
      const recoveryAllowanceMs = fault.recoveryAllowanceMs + (fault.heldBackMs?.(spec) ?? 0);
      const { id, target } = spec;
      this.#judge.addFault({ id, fault: spec.fault, target, injectedMs, healedMs: undefined, recoveryAllowanceMs, effect });
    }
    if (event === 'injected') this.#judge.changeFault(spec.id, { effect });
    if (event === 'healed' && effect === 'confirmed') this.#judge.changeFault(spec.id, { healedMs: atMs });
    if (event !== 'healing' && spec.target.kind === 'edge') void this.#readDelay(change);
  }

  /** Of a fault that something else than the session has injected. */
  faultKnown(fault: FaultRecord): void {
    this.#judge.addFault(fault);
  }

  faultHealed(id: string, healedMs: number): void {
    this.#judge.changeFault(id, { healedMs });
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#stalls.close();
  }

  /** A delay that grew is dated from before the fault was injected, one that shrank from when that was seen. */
  async #readDelay({ spec, injectedMs, atMs, event }: FaultChange): Promise<void> {
    const { world, clients } = this.#options;
    const found = world.regions.find(({ region }) => region === spec.target.region);
    const config = found && (await clients.edgeConfig({ url: found.url, token: world.adminToken }).catch(() => undefined));
    if (found === undefined || config === undefined) return;
    const grew = config.propagationDelayMs > (this.#delaysMs.get(found.region) ?? 0);
    this.delayChanged(found.region, grew && event !== 'healed' ? injectedMs : atMs, config.propagationDelayMs);
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
