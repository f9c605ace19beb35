/**
 * Structured log lines of a process (pino): JSON on standard error, never on standard output.
 *
 * They are written behind whoever logs. An edge says a line for each invalidation, and a burst has hundreds: written
 * one by one, each may wait for its reader, and with them the requests. What the reader has not taken yet is kept up to
 * a bound; what goes beyond it is left out and counted. A process that ends writes what it kept; one that is killed
 * loses it.
 */
import { pino } from 'pino';

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const STANDARD_ERROR = 2;
const KEPT_BYTES_MAX = 1024 * 1024;

/** One for all loggers of a process, or they would write into the middle of each other's lines. */
let standardError: ReturnType<typeof openStandardError> | undefined;

function openStandardError() {
  const destination = pino.destination({ dest: STANDARD_ERROR, sync: false, maxLength: KEPT_BYTES_MAX });
  let dropped = 0;
  destination.on('drop', () => {
    dropped += 1;
  });
  destination.on('drain', () => {
    if (dropped === 0) return;
    const fields = { dropped };
    dropped = 0;
    pino({}, destination).warn(fields, 'log lines were left out: standard error was not read in time');
  });
  return destination;
}

export function createLogger(service: string, level: LogLevel): Logger {
  standardError ??= openStandardError();
  return pino({ level, base: { service } }, standardError);
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
