/**
 * The terminal: opens the screen, starts the lab behind it, ends with the screen as it was.
 *
 * States: opening -> showing -> leaving -> closed; leaving -> abandoned (a second Ctrl-C); showing | leaving -> stopped
 * -> as before
 *
 * The first frame is drawn before anything is loaded that it does not need: the lab, and Ink for a screen reader.
 * Whatever ends it, the lab is closed first, then the screen is left, and only then anything is printed: what is
 * printed on the alternate screen is lost with it.
 */
import type { LiveLab } from '../../lab/live/live-lab.ts';
import type { LiveEvent } from '../../lab/live/protocol.ts';
import { type Clock, sleep, type Timer } from '../../services/runtime/clock.ts';
import type { MountedApp } from './app.tsx';
import type { Display } from './display.ts';
import type { ColourDepth } from './draw/ansi.ts';
import type { Theme } from './draw/theme.ts';
import { keepYoungSpaceSmall } from './heap-limits.ts';
import type { ReadInput } from './input/read-input.ts';
import { type JobControl, watchJobControl } from './job-control.ts';
import { openKeyboard } from './keyboard.ts';
import type { OwnKeys } from './keys/rebound.ts';
import { openPicture, type Picture } from './picture.ts';
import { OVERVIEW } from './state/screen-state.ts';
import { INITIAL_STATE, type ViewAction, type ViewState } from './state/state.ts';
import { createViewStore, type ViewStore } from './store.ts';
import { toClipboard } from './terminal-modes.ts';
import { TOUR } from './tour/engine.ts';

export interface TerminalOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly display: Display;
  readonly theme: Theme;
  readonly depth: ColourDepth;
  /** Right ones: `rebound` says what is wrong with others. */
  readonly ownKeys: OwnKeys;
  /** Begin with the tour. */
  readonly withTour: boolean;
  /** Lines as things happen, for a screen reader, instead of frames. */
  readonly isSpoken: boolean;
  readonly clock: Clock;
  /** Called when the first frame is on the screen. `startedMs`: monotonic time the events count from. */
  readonly startLab: (onEvent: (event: LiveEvent) => void, startedMs: number) => Promise<LiveLab>;
  /** Aborted by a signal. */
  readonly signal: AbortSignal;
}

export interface TerminalEnded {
  /** `lost`: the world could not start, or ended by itself. `abandoned`: left before everything was stopped. */
  readonly by: 'quit' | 'interrupt' | 'lost' | 'abandoned';
  /** What could not be healed; when abandoned, what was in force. */
  readonly left: readonly string[];
  readonly state: ViewState;
}

export interface OpenTerminal {
  readonly ended: Promise<TerminalEnded>;
  /** Restores the screen at once; nothing is healed or stopped. Answers what was in force. */
  abandon(): readonly string[];
}

/** So that ages go on while nothing happens, and what moves on the map while something does. */
const TICK_MS = { calm: 1_000, moving: 250 } as const;
/** Between two ticks; less is a busy machine. */
const STOOD_STILL_MS_MIN = 3_000;

export function openTerminal(options: TerminalOptions): OpenTerminal {
  return new Terminal(options);
}

class Terminal implements OpenTerminal {
  readonly ended: Promise<TerminalEnded>;
  readonly #options: TerminalOptions;
  readonly #store: ViewStore;
  readonly #startedMs: number;
  readonly #picture: Picture;
  readonly #keyboard: ReadInput;
  readonly #jobControl: JobControl;
  /** For a screen reader only. */
  #app: MountedApp | undefined;
  #isClosed = false;
  /** Loading it takes longer than the first frame, which does not wait for it. */
  #lab: Promise<LiveLab> | undefined;
  #tick: Timer | undefined;
  #aliveMs: number;
  #leave: (by: 'quit' | 'interrupt' | 'lost') => void = () => {};
  #abandon: () => void = () => {};

  constructor(options: TerminalOptions) {
    this.#options = options;
    const { stdin, clock, ownKeys, withTour } = options;
    this.#store = createViewStore({ ...INITIAL_STATE, ownKeys, screens: withTour ? [OVERVIEW, TOUR] : [OVERVIEW] }, clock);
    this.#startedMs = clock.monotonicMs();
    this.#aliveMs = this.#startedMs;
    this.#picture = openPicture(options, this.#store.get);
    this.#store.subscribe(this.#picture.draw);
    const left = new Promise<'quit' | 'interrupt' | 'lost'>((resolve) => {
      this.#leave = resolve;
    });
    const onAction = (action: ViewAction) => this.#onAction(action);
    this.#keyboard = openKeyboard({ stdin, clock, store: this.#store, size: () => options.display.size(), onAction });
    this.#jobControl = watchJobControl({ clock, onStop: (isBack) => this.#stop(isBack), onContinue: () => this.#goOn() });
    this.ended = this.#run(left);
  }

  abandon(): readonly string[] {
    this.#close();
    return this.#store.get().faults.map(({ says }) => says);
  }

  async #run(left: Promise<'quit' | 'interrupt' | 'lost'>): Promise<TerminalEnded> {
    const abandoned = new Promise<'abandoned'>((resolve) => {
      this.#abandon = () => resolve('abandoned');
    });
    const { signal } = this.#options;
    const onAbort = () => this.#onAction({ type: 'leave', by: 'interrupt' });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#speak();
      keepYoungSpaceSmall();
      if (signal.aborted) onAbort();
      this.#startLab();
      const crashed = this.#app?.waitUntilExit().then(() => 'interrupt' as const);
      const by = await (crashed === undefined ? left : Promise.race([left, crashed]));
      const stopped = this.#closeLab(by);
      return await Promise.race([stopped, abandoned.then((): TerminalEnded => this.#endedBy('abandoned', this.abandon()))]);
    } catch (error) {
      await (await this.#lab)?.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#close();
      await this.#app?.waitUntilExit().catch(() => {});
    }
  }

  /** Once the first frame is out of the door. */
  async #speak(): Promise<void> {
    await sleep(this.#options.clock, 0);
    const { stdout, display, isSpoken } = this.#options;
    if (!isSpoken) return;
    const { mountApp } = await import('./app.tsx');
    this.#app = mountApp({ store: this.#store, stdout, display });
    await this.#app.waitUntilRenderFlush();
    if (this.#isClosed) this.#app.unmount();
  }

  /** Unless somebody left while the first frame was drawn. */
  #startLab(): void {
    if (this.#store.get().phase === 'leaving') return;
    this.#lab = this.#options.startLab((event) => this.#onEvent(event), this.#startedMs);
    this.#keepTime();
  }

  async #closeLab(by: TerminalEnded['by']): Promise<TerminalEnded> {
    const left = (await (await this.#lab)?.close()) ?? [];
    return this.#endedBy(by, left);
  }

  #endedBy(by: TerminalEnded['by'], left: readonly string[]): TerminalEnded {
    return { by, left, state: this.#store.get() };
  }

  #close(): void {
    this.#isClosed = true;
    this.#tick?.cancel();
    this.#jobControl.close();
    this.#keyboard.close();
    this.#app?.unmount();
    this.#picture.close();
  }

  #stop(isBack: () => void): void {
    this.#app?.clear();
    this.#picture.lend(isBack);
  }

  #goOn(): void {
    this.#noticeStill();
    this.#picture.take();
    this.#app?.redraw();
  }

  /** However it came to stand still. What is due is healed first, then it is said. */
  #noticeStill(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const ms = nowMs - this.#aliveMs;
    this.#aliveMs = nowMs;
    if (ms >= STOOD_STILL_MS_MIN) void this.#lab?.then((lab) => lab.do({ do: 'stood-still', ms }));
  }

  #onEvent(event: LiveEvent): void {
    this.#store.dispatch(event);
    if (event.type !== 'lost' || this.#store.get().phase === 'leaving') return;
    this.#store.dispatch({ type: 'leave', by: 'quit' });
    this.#leave('lost');
  }

  #onAction(action: ViewAction): void {
    if (action.type === 'leave') return this.#onLeave(action);
    if (action.type === 'stop') return this.#jobControl.stop();
    if (action.type === 'repaint') return this.#picture.repaint();
    if (action.type === 'copy') return this.#options.display.write(toClipboard(action.text));
    this.#store.dispatch(action);
    if (action.type === 'sent') void this.#lab?.then((lab) => lab.do(action.command));
  }

  /** The second interrupt does not wait. */
  #onLeave(action: Extract<ViewAction, { type: 'leave' }>): void {
    if (this.#store.get().phase === 'leaving') {
      if (action.by === 'interrupt') this.#abandon();
      return;
    }
    this.#store.dispatch(action);
    this.#leave(action.by);
  }

  /** At the turn of each second: that is when an age becomes another one. */
  #keepTime(): void {
    const { clock } = this.#options;
    const t = () => Math.round(clock.monotonicMs() - this.#startedMs);
    const everyMs = this.#store.get().travellers.length > 0 ? TICK_MS.moving : TICK_MS.calm;
    this.#tick = clock.setTimer(everyMs - (t() % everyMs), () => {
      this.#noticeStill();
      this.#store.dispatch({ type: 'tick', t: t() });
      this.#keepTime();
    });
  }
}
