/**
 * Whether a process runs. Everything it does passes its gate: sending, going on after an answer, a timer that falls due.
 *
 * States: running <-> paused; running | paused -> stopped; stopped -> running for a server that keeps its callers' wires.
 * A paused process goes on later, as one that was frozen does. A stopped one never does: what it waited for is dropped
 * with it, so whoever passes as the process itself must belong to one life of it and get a gate of its own.
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
    return new Promise((resolve) => {
      const attempt = () => {
        if (this.#state === 'paused') return;
        stopListening();
        if (this.#state === 'running') resolve();
      };
      const stopListening = this.onChange(attempt);
      attempt();
    });
  }

  /** As one who asks it: when it takes the request, or that it refuses because it has stopped. */
  takes(): Promise<'taken' | 'refused'> {
    return new Promise((resolve) => {
      const attempt = () => {
        if (this.#state === 'paused') return;
        stopListening();
        resolve(this.#state === 'running' ? 'taken' : 'refused');
      };
      const stopListening = this.onChange(attempt);
      attempt();
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
