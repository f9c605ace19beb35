/**
 * The terminal: opens the screen, starts the lab behind it, ends with the screen as it was.
 *
 * States: opening -> showing -> leaving -> closed; leaving -> abandoned (a second Ctrl-C)
 *
 * The first frame is drawn before the lab is started. Whatever ends it, the lab is closed first, then the screen is left, and
 * only then anything is printed: what is printed on the alternate screen is lost with it.
 */
import { type Instance, render } from 'ink';
import type { LiveEvent, LiveLab } from '../../lab/live/live-lab.ts';
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import { App } from './app.tsx';
import type { KeyBinding } from './keys/binding.ts';
import { INITIAL_STATE, type ViewAction, type ViewState } from './state.ts';
import { createViewStore, type ViewStore } from './store.ts';
import type { Theme } from './theme.ts';

export interface TerminalOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly theme: Theme;
  /** The keys that hold everywhere. */
  readonly everywhere: readonly KeyBinding[];
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

/** So that ages go on while nothing happens. */
const TICK_MS = 250;

export function openTerminal(options: TerminalOptions): OpenTerminal {
  return new Terminal(options);
}

class Terminal implements OpenTerminal {
  readonly ended: Promise<TerminalEnded>;
  readonly #options: TerminalOptions;
  readonly #store: ViewStore;
  readonly #startedMs: number;
  readonly #screen: Instance;
  /** Loading it takes longer than the first frame, which does not wait for it. */
  #lab: Promise<LiveLab> | undefined;
  #tick: Timer | undefined;
  #leave: (by: 'quit' | 'interrupt' | 'lost') => void = () => {};
  #abandon: () => void = () => {};

  constructor(options: TerminalOptions) {
    this.#options = options;
    const { stdin, stdout, theme, clock, everywhere, isSpoken } = options;
    this.#store = createViewStore({ ...INITIAL_STATE, everywhere }, clock);
    this.#startedMs = clock.monotonicMs();
    const onAction = (action: ViewAction) => this.#onAction(action);
    this.#screen = render(<App store={this.#store} theme={theme} isSpoken={isSpoken} onAction={onAction} />, {
      stdin,
      stdout,
      alternateScreen: !isSpoken,
      interactive: true,
      incrementalRendering: !isSpoken,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    this.ended = this.#run();
  }

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
    const crashed = this.#screen.waitUntilExit().then(() => 'interrupt' as const);
    const { signal } = this.#options;
    const onAbort = () => this.#onAction({ type: 'leave', by: 'interrupt' });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#screen.waitUntilRenderFlush();
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
      await this.#screen.waitUntilExit().catch(() => {});
    }
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
    this.#tick?.cancel();
    this.#screen.unmount();
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

  #keepTime(): void {
    const { clock } = this.#options;
    this.#tick = clock.setTimer(TICK_MS, () => {
      this.#store.dispatch({ type: 'tick', t: Math.round(clock.monotonicMs() - this.#startedMs) });
      this.#keepTime();
    });
  }
}
