/** A run in plain lines: how far it is while it goes on, then what it came to. */
import type { Timer } from '../../services/runtime/clock.ts';
import { printable } from '../input/printable.ts';
import type { StartEvent, Summary } from '../report/events.ts';
import { reportFileOf } from './folder.ts';
import { anomalyText, checkLines, figureLines, percentText, thresholdLines } from './lines.ts';
import type { Output, OutputKind, OutputMeans, RunEnded, RunEvent } from './output.ts';
import { planLines } from './plan-lines.ts';
import { firstOfEach, quietLine, type RegionEvent, type Result, refusalLine, resultLines } from './result-lines.ts';

const MS_PER_S = 1000;

type AnomalyEvent = Extract<RunEvent, { type: 'Anomaly' }>;

export const plain: OutputKind = {
  options: [
    { flags: '--quiet', about: 'one line a scenario', variable: 'EDGESYNC_QUIET' },
    {
      flags: '--details',
      about: 'print each event as it happens, every anomaly, check and threshold, and the staleness of answers',
      variable: 'EDGESYNC_DETAILS',
    },
  ],
  // Standard output is somebody else's with --json.
  open: (means) => (means.asked['json'] ? undefined : new PlainOutput(means)),
};

class PlainOutput implements Output {
  readonly #means: OutputMeans;
  readonly #regions = new Map<string, RegionEvent>();
  #anomalies: readonly AnomalyEvent[] = [];
  readonly #inForce = new Map<string, string>();
  #start: StartEvent | undefined;
  #phase: string | undefined;
  #lastedMs = 0;
  #timer: Timer | undefined;

  constructor(means: OutputMeans) {
    this.#means = means;
  }

  addEvent(event: RunEvent): void {
    const { asked, line } = this.#means;
    this.#take(event);
    if (event.type === 'Plan') for (const text of planLines(event)) line(text);
    else if (asked['details'] === true && asked['quiet'] !== true) for (const text of eventLines(event)) line(text);
  }

  stop({ summary }: RunEnded): void {
    const { asked, line, progress } = this.#means;
    this.#timer?.cancel();
    progress.end();
    const result = this.#resultOf(summary);
    if (asked['quiet'] === true) return line(quietLine(result));
    // What never began has no phase: it was refused.
    const lines = this.#phase === undefined && summary.error !== undefined ? [refusalLine(result)] : resultLines(result);
    for (const text of lines) line(text);
    if (asked['details'] === true) for (const text of detailLines(summary)) line(text);
  }

  #take(event: RunEvent): void {
    if ('t' in event) this.#lastedMs = Math.max(this.#lastedMs, event.t);
    switch (event.type) {
      case 'Start':
        this.#start = event;
        return;
      case 'Step':
        return this.#tellHowFar();
      case 'Phase':
        this.#phase = event.phase;
        return this.#tellHowFar();
      case 'Fault':
        if (event.event === 'injected') this.#inForce.set(event.id, `${event.fault} ${event.target}`);
        else this.#inForce.delete(event.id);
        return;
      case 'Region':
        this.#regions.set(event.region, event);
        return;
      case 'Anomaly':
        this.#anomalies = firstOfEach([...this.#anomalies, event]);
        return;
    }
  }

  /** From the first step on, once in a while. */
  #tellHowFar(): void {
    const { clock, progress } = this.#means;
    if (this.#timer !== undefined) return;
    const startedAt = clock.monotonicMs();
    const arm = () => {
      this.#timer = clock.setTimer(progress.everyMs, () => {
        progress.tell(this.#progressText(clock.monotonicMs() - startedAt));
        arm();
      });
    };
    arm();
  }

  #progressText(elapsedMs: number): string {
    const faults = this.#inForce.size === 0 ? [] : [`in force: ${[...this.#inForce.values()].join(', ')}`];
    const hits = [...this.#regions.values()].map(({ region, hitRatio }) => `${region} ${percentText(hitRatio)}`);
    return printable(
      [
        titleOf(this.#start),
        `${Math.round(elapsedMs / MS_PER_S)} s`,
        this.#phase ?? 'starting',
        ...(hits.length === 0 ? [] : [`hits ${hits.join(', ')}`]),
        ...faults,
      ].join(' · '),
    );
  }

  #resultOf(summary: Summary): Result {
    const { out } = this.#means.asked;
    const scenario = String(this.#start?.scenario['id'] ?? titleOf(this.#start));
    return {
      scenario,
      title: titleOf(this.#start),
      backend: this.#start?.backend ?? '',
      seed: this.#start?.seed ?? 0,
      lastedMs: this.#lastedMs,
      summary,
      regions: [...this.#regions.values()],
      anomalies: this.#anomalies,
      reportFile: typeof out === 'string' && summary.status !== 'failed' ? reportFileOf(out, scenario) : undefined,
      keptBy: '--out DIR keeps all of them',
    };
  }
}

function titleOf(start: StartEvent | undefined): string {
  return String(start?.scenario['title'] ?? '');
}

function eventLines(event: RunEvent): readonly string[] {
  if (event.type === 'Start') return [`${printable(String(event.scenario['title']))} · ${event.backend} · seed ${event.seed}`];
  if (event.type === 'Step') return [`        ${event.step} (${event.elapsedMs} ms)`];
  if (event.type === 'Phase') return [`${seconds(event.t)}  ${event.phase}`];
  if (event.type === 'Fault') return [`${seconds(event.t)}  ${faultText(event)}`];
  if (event.type === 'Anomaly') return [`${seconds(event.t)}  ${anomalyText(event)}`];
  return [];
}

function seconds(t: number): string {
  return `${(t / MS_PER_S).toFixed(1).padStart(5)}s`;
}

function faultText({ fault, target, event, effect }: Extract<RunEvent, { type: 'Fault' }>): string {
  const doubt = effect === 'confirmed' ? '' : event === 'injected' ? ', no effect seen' : ', still there';
  return `  ${event} ${printable(fault)} ${printable(target)}${doubt}`;
}

/** All that the result leaves out. */
function detailLines(summary: Summary): readonly string[] {
  const allowed = summary.faults.map(({ fault, target, recoveryAllowanceMs, slowsByMs }) => {
    const what = printable(`${fault} ${target}`);
    if (slowsByMs !== undefined) return `slowed   ${what}: invalidations may be ${Math.round(slowsByMs)} ms later while the fault lasts`;
    return `excused  ${what}: until the region has caught up, at most ${(recoveryAllowanceMs / MS_PER_S).toFixed(0)} s after its heal`;
  });
  return [...figureLines(summary), ...allowed, ...checkLines(summary.checks), ...thresholdLines(summary.thresholds)];
}
