/** Something that was begun and has not ended yet. */

/** A read or a purge under way. */
export interface UnderWay<Result> {
  readonly result: Promise<Result>;
  isOver(): boolean;
}

export function underWay<Result>(result: Promise<Result>): UnderWay<Result> {
  let isOver = false;
  const ended = () => {
    isOver = true;
  };
  result.then(ended, ended);
  return { result, isOver: () => isOver };
}
