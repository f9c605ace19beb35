/**
 * The terminal: opens the screen, starts the lab behind it, ends with the screen as it was.
 *
 * States: opening -> showing -> leaving -> closed; leaving -> abandoned (a second Ctrl-C)
 *
 * The first frame is drawn before anything is loaded that it does not need: Ink, which listens to the keys, then the lab. Whatever
 * ends it, the lab is closed first, then the screen is left, and only then anything is printed: what is printed on the alternate
 * screen is lost with it.
 */
import type { LiveEvent, LiveLab } from '../../lab/live/live-lab.ts';
import { type Clock, sleep, type Timer } from '../../services/runtime/clock.ts';
import { type ColourDepth, styledText } from './ansi.ts';
import type { MountedApp } from './app.tsx';
import { frameLines } from './frame.ts';
import type { KeyBinding } from './keys/binding.ts';
import { createPainter, type Painter } from './painter.ts';
import { OVERVIEW } from './screen-state.ts';
import { openStage, type Stage } from './stage.ts';
import { INITIAL_STATE, type ViewAction, type ViewState } from './state.ts';
import { createViewStore, type ViewStore } from './store.ts';
import type { Theme } from './theme.ts';
import { TOUR } from './tour/engine.ts';
import { keepYoungSpaceSmall } from './young-space.ts';

export interface TerminalOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly theme: Theme;
  readonly depth: ColourDepth;
  /** The keys that hold everywhere. */
  readonly everywhere: readonly KeyBinding[];
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

export function openTerminal(options: TerminalOptions): OpenTerminal {
  return new Terminal(options);
}

class Terminal implements OpenTerminal {
  readonly ended: Promise<TerminalEnded>;
  readonly #options: TerminalOptions;
  readonly #store: ViewStore;
  readonly #startedMs: number;
  /** undefined: lines for a screen reader instead of frames. */
  readonly #stage: Stage | undefined;
  readonly #painter: Painter;
  #app: MountedApp | undefined;
  #isClosed = false;
  /** Loading it takes longer than the first frame, which does not wait for it. */
  #lab: Promise<LiveLab> | undefined;
  #tick: Timer | undefined;
  #leave: (by: 'quit' | 'interrupt' | 'lost') => void = () => {};
  #abandon: () => void = () => {};

  constructor(options: TerminalOptions) {
    this.#options = options;
    const { stdout, clock, everywhere, isSpoken, withTour } = options;
    this.#store = createViewStore({ ...INITIAL_STATE, everywhere, screens: withTour ? [OVERVIEW, TOUR] : [OVERVIEW] }, clock);
    this.#startedMs = clock.monotonicMs();
    this.#painter = createPainter((text) => void stdout.write(text));
    this.#stage = isSpoken ? undefined : openStage(options);
    this.#draw();
    this.#store.subscribe(this.#draw);
    stdout.on('resize', this.#draw);
    this.ended = this.#run();
  }

  readonly #draw = () => {
    if (this.#stage === undefined || this.#isClosed) return;
    const { stdout, theme, depth } = this.#options;
    const size = { columns: stdout.columns, rows: stdout.rows };
    const lines = frameLines(this.#store.get(), size, theme);
    this.#painter.paint(
      lines.map((line) => styledText(line, theme, depth)),
      size,
    );
  };

  abandon(): readonly string[] {
    this.#close();
    return this.#store.get().faults.map(({ says }) => says);
  }

  async #run(): Promise<TerminalEnded> {
    const left = new Promise<'quit' | 'interrupt' | 'lost'>((resolve) => {
      this.#leave = resolve;
    });
    const abandoned = new Promise<'abandoned'>((resolve) => {
      this.#abandon = () => resolve('abandoned');
    });
    const { signal } = this.#options;
    const onAbort = () => this.#onAction({ type: 'leave', by: 'interrupt' });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const app = await this.#listen();
      keepYoungSpaceSmall();
      const crashed = app.waitUntilExit().then(() => 'interrupt' as const);
      if (signal.aborted) onAbort();
      this.#startLab();
      const by = await Promise.race([left, crashed]);
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
  async #listen(): Promise<MountedApp> {
    await sleep(this.#options.clock, 0);
    const { mountApp } = await import('./app.tsx');
    const { stdin, stdout, isSpoken } = this.#options;
    this.#app = mountApp({ store: this.#store, stdin, stdout, isSpoken, onAction: (action) => this.#onAction(action) });
    await this.#app.waitUntilRenderFlush();
    if (this.#isClosed) this.#app.unmount();
    return this.#app;
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
    this.#options.stdout.off('resize', this.#draw);
    this.#app?.unmount();
    this.#stage?.close();
  }

  #onEvent(event: LiveEvent): void {
    this.#store.dispatch(event);
    if (event.type !== 'lost' || this.#store.get().phase === 'leaving') return;
    this.#store.dispatch({ type: 'leave', by: 'quit' });
    this.#leave('lost');
  }

  #onAction(action: ViewAction): void {
    if (action.type === 'leave') return this.#onLeave(action);
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
      this.#store.dispatch({ type: 'tick', t: t() });
      this.#keepTime();
    });
  }
}
