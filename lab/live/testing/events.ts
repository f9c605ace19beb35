/** What a live lab tells, kept for tests, and how they wait for it. */
import type { LiveEvent } from '../protocol.ts';

const DEADLINE_MS = 20_000;

/** Every event so far, and whoever waits for one. */
export class Events {
  readonly all: LiveEvent[] = [];
  #arrived: () => void = () => {};

  readonly take = (event: LiveEvent): void => {
    this.all.push(event);
    this.#arrived();
  };

  /** Notes and lists of faults from `since` on, for whoever waits in vain. */
  #told(since: number): string[] {
    return this.all.slice(since).flatMap((event) => (event.type === 'note' || event.type === 'faults' ? [JSON.stringify(event)] : []));
  }

  /** The first event from `since` on that matches. */
  async until<T extends LiveEvent>(matches: (event: LiveEvent) => event is T, since?: number, withinMs?: number): Promise<T>;
  async until(matches: (event: LiveEvent) => boolean, since?: number, withinMs?: number): Promise<LiveEvent>;
  async until(matches: (event: LiveEvent) => boolean, since = 0, withinMs = DEADLINE_MS): Promise<LiveEvent> {
    const deadline = performance.now() + withinMs;
    for (let at = since; ; ) {
      for (; at < this.all.length; at += 1) {
        const event = this.all[at];
        if (event !== undefined && matches(event)) return event;
      }
      if (performance.now() > deadline) throw new Error(`no such event within ${withinMs} ms, but:\n${this.#told(since).join('\n')}`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}

export const isReady = (event: LiveEvent): event is Extract<LiveEvent, { type: 'ready' }> => event.type === 'ready';
export const says = (text: RegExp) => (event: LiveEvent) => event.type === 'note' && text.test(event.text);
export const metricsOf = (event: LiveEvent, region: string) =>
  event.type === 'observed' ? event.observation.regions[region]?.metrics : undefined;
