/**
 * The kinds of records that are added to a history once and are not changed later: one row each, and nothing about a
 * kind anywhere else. A row is the word that names the kind in `history.ndjson`, and the schema of its records. A
 * record is one line, which begins with that word: `{"line":"delay","region":"eu-west","atMs":0,"delayMs":300}`. A
 * history keeps the records of a kind in the order in which they were added.
 *
 * Operations and faults become known in parts, so each of them has lines and methods of its own: `history-lines.ts`,
 * `history.ts`.
 */
import type { z } from 'zod';
import {
  abort,
  applied,
  clockShift,
  delayChange,
  edgeSample,
  finding,
  loadPlanned,
  originSample,
  originState,
  phaseEntered,
  pressure,
  published,
  stall,
  strategyChange,
} from './records.ts';

export const RECORDS = {
  origin: originState,
  delay: delayChange,
  strategy: strategyChange,
  stall,
  pressure,
  clock: clockShift,
  'origin-sample': originSample,
  'edge-sample': edgeSample,
  published,
  applied,
  phase: phaseEntered,
  load: loadPlanned,
  abort,
  finding,
} as const satisfies Readonly<Record<string, z.ZodObject>>;

export type RecordKind = keyof typeof RECORDS;
export type RecordOf<Kind extends RecordKind> = Readonly<z.output<(typeof RECORDS)[Kind]>>;
/** The line of a record. */
export type RecordLine<Kind extends RecordKind = RecordKind> = { [K in Kind]: { readonly line: K } & RecordOf<K> }[Kind];

/** What takes records of some kinds: a history, or whoever judges without one. */
export interface RecordSink<Kinds extends RecordKind> {
  add<Kind extends Kinds>(kind: Kind, record: RecordOf<Kind>): void;
}

export function isRecordKind(word: unknown): word is RecordKind {
  return typeof word === 'string' && Object.hasOwn(RECORDS, word);
}

/**
 * The only cast. TypeScript proves that the line is a `RecordLine<Kind>`. It does not prove that a line of one kind is
 * one of the lines of all kinds, for it compares a generic type with each member of a union alone.
 */
export function toRecordLine<Kind extends RecordKind>(kind: Kind, record: RecordOf<Kind>): RecordLine {
  const line: RecordLine<Kind> = { line: kind, ...record };
  return line as unknown as RecordLine;
}
