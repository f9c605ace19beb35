/**
 * The list of its last events that a service gives again and again: what is new in it, and up to when there may have
 * been events that it showed at no time. It shows the last few only, and begins anew with the process.
 */
import { RECENT_MAX } from '../../services/runtime/recent.ts';

interface Shown<Event> {
  /** Not shown before, oldest first. */
  readonly news: readonly Event[];
  /** As `timeOf` and `begunMs`. Left out: what came since the list before is all in this one. */
  readonly unlistedToMs?: number;
}

interface Dating<Event> {
  readonly timeOf: (event: Event) => number;
  /** When the list began, at the latest. */
  readonly begunMs: number;
}

export class EventList {
  /** By id. As many as there were, which the run bounds. */
  readonly #shown = new Set<string>();
  #newest: string | undefined;

  /** `list`: newest first. */
  take<Event extends { readonly id: string }>(list: readonly Event[], { timeOf, begunMs }: Dating<Event>): Shown<Event> {
    const isFull = list.length >= RECENT_MAX;
    const goesOn = this.#newest === undefined ? !isFull : list.some(({ id }) => id === this.#newest);
    this.#newest = list[0]?.id ?? this.#newest;
    const news = list.toReversed().filter(({ id }) => {
      const isNew = !this.#shown.has(id);
      this.#shown.add(id);
      return isNew;
    });
    const oldest = isFull ? list.at(-1) : undefined;
    return { news, ...(goesOn ? {} : { unlistedToMs: oldest === undefined ? begunMs : timeOf(oldest) }) };
  }
}
