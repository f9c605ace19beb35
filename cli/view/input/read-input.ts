/** Reads what the terminal sends and gives the parser its time. */
import type { Clock, Timer } from '../../../services/runtime/clock.ts';
import { createInputParser } from './parser.ts';
import type { Token } from './tokens.ts';

export interface ReadInputOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly clock: Pick<Clock, 'setTimer'>;
  /** Those that came in one piece together. */
  readonly onTokens: (tokens: readonly Token[]) => void;
  /** The terminal is gone. */
  readonly onGone: () => void;
}

export interface ReadInput {
  close(): void;
}

export function readInput({ stdin, clock, onTokens, onGone }: ReadInputOptions): ReadInput {
  const parser = createInputParser();
  let timer: Timer | undefined;
  const tell = (tokens: readonly Token[]) => {
    if (tokens.length > 0) onTokens(tokens);
  };
  const lapse = () => {
    tell(parser.lapse());
    wait();
  };
  /** A process that stood still may have bytes to read that came in time. */
  const readFirst = () => {
    timer = clock.setTimer(0, lapse);
  };
  const wait = () => {
    timer?.cancel();
    const { waitMs } = parser;
    timer = waitMs === undefined ? undefined : clock.setTimer(waitMs, readFirst);
  };
  const onData = (bytes: Uint8Array) => {
    tell(parser.push(bytes));
    wait();
  };
  stdin.on('data', onData).on('end', onGone).on('error', onGone);
  return {
    close: () => {
      timer?.cancel();
      stdin.off('data', onData).off('end', onGone).pause().unref();
    },
  };
}
