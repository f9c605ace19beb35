/**
 * Whether a process runs. Everything it does passes its gate: sending, going on after an answer, a timer that falls
 * due.
 *
 * States: running <-> paused; running | paused -> stopped; stopped -> running for a server that keeps its callers'
 * wires. A paused process goes on later, as one that was frozen does. A stopped one never does: what it waited for is
 * dropped with it, so whoever passes as the process itself must belong to one life of it and get a gate of its own.
 */
import type { Clock } from '../../../services/runtime/clock.ts';
import type { NodeStatus } from '../world.ts';

export class Gate {
  #state: NodeStatus['state'] = 'running';
  readonly #listeners = new Set<() => void>();

  get state(): NodeStatus['state'] {
    return this.#state;
  }

  set(state: NodeStatus['state']): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Called after each change. Answers how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As the process itself: goes on when it runs. Never, once it has stopped. */
  goesOn(): Promise<void> {
    return new Promise((resolve) => this.whenRunning(resolve));
  }

  /** `goesOn` for callbacks: at once when it runs. */
  whenRunning(goOn: () => void): void {
    if (this.#state === 'running') goOn();
    else if (this.#state === 'paused') this.#onceNotPaused(() => this.whenRunning(goOn));
  }

  /**
   * As one who asks it: whether it takes the request or refuses because it has stopped; nothing of it is heard while it
   * is paused.
   */
  take(taken: () => void, refused: () => void): void {
    if (this.#state === 'running') taken();
    else if (this.#state === 'stopped') refused();
    else this.#onceNotPaused(() => this.take(taken, refused));
  }

  #onceNotPaused(tell: () => void): void {
    const stopListening = this.onChange(() => {
      if (this.#state === 'paused') return;
      stopListening();
      tell();
    });
  }
}

/** The clock as a process sees it: time goes on while it is frozen, its timers stand still until it runs again. */
export function gatedClock(clock: Clock, gate: Gate): Clock {
  return {
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    setTimer(delayMs, callback) {
      let cancelled = false;
      const timer = clock.setTimer(delayMs, () => {
        if (gate.state === 'running') return callback();
        void gate.goesOn().then(() => {
          if (!cancelled) callback();
        });
      });
      return {
        cancel: () => {
          cancelled = true;
          timer.cancel();
        },
      };
    },
  };
}
