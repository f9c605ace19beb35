/** Something that was begun and has not ended yet. */

/** A read or a purge under way. */
export interface UnderWay<Result> {
  readonly result: Promise<Result>;
  /** Resolves when it was sent, or is over. */
  readonly sent: Promise<void>;
  isOver(): boolean;
}

/** `begin` is given what it calls when it is sent. */
export function underWay<Result>(begin: (onSent: () => void) => Promise<Result>): UnderWay<Result> {
  let isOver = false;
  const sent = Promise.withResolvers<void>();
  const result = begin(sent.resolve);
  const ended = () => {
    isOver = true;
    sent.resolve();
  };
  result.then(ended, ended);
  return { result, sent: sent.promise, isOver: () => isOver };
}
