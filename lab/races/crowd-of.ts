/** Readers who come together. */
import type { Look } from './look.ts';
import { type UnderWay, underWay } from './under-way.ts';

/** It is sent when the first of them is. */
export interface Crowd extends UnderWay<readonly Look[]> {
  /** Resolves when each of them was sent, or all is over. */
  readonly allSent: Promise<void>;
}

export interface CrowdOptions {
  /** One reader by its name, who calls `onSent` when it is sent. */
  readonly ask: (name: string, onSent: () => void) => Promise<Look>;
  /** Lets all of them begin. */
  readonly begin: (asked: () => Promise<readonly Look[]>) => Promise<readonly Look[]>;
}

export function crowdOf(names: readonly string[], { ask, begin }: CrowdOptions): Crowd {
  const readers = names.map((name) => ({ name, sent: Promise.withResolvers<void>() }));
  const under = underWay((onSent) => {
    const askOne = ({ name, sent }: (typeof readers)[number]) =>
      ask(name, () => {
        sent.resolve();
        onSent();
      });
    return begin(() => Promise.all(readers.map(askOne)));
  });
  const allSent = Promise.race([Promise.all(readers.map(({ sent }) => sent.promise)), under.result]).then(() => {});
  // Whoever waits for the result hears of it.
  allSent.catch(() => {});
  return { ...under, allSent };
}
