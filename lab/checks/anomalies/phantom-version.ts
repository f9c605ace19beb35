/**
 * phantom-version: an answer with a version that was never written, or with a body that is not that version's.
 *
 * Each body says which operation wrote it. An answer is right when that operation is a create or update of the key, was
 * sent before the answer ended, and either was acknowledged with that very version, or ended unknown (it may take
 * effect at any later time, under a later version than its own) and nothing else was acknowledged with that version. A
 * 404 above version 0 needs a deletion. What was there before the run's first write of a key cannot be judged. One
 * anomaly for each version of a key in a region.
 *
 * What the origin holds in the end is asked for the same: an origin of the user's own may answer anything, and no cache
 * is to blame for that.
 */
import type { History } from '../../history/history.ts';
import type { Change, OriginState, WriteOperation } from '../../history/records.ts';
import { plural } from '../../input/plural.ts';
import { answerOf, cellOf } from '../answers.ts';
import type { Anomaly, Check, CheckInput, Judging } from '../check.ts';
import { verdictOf } from '../verdict.ts';
import { type AnsweredRead, isAcknowledged, isAnswered } from '../versions.ts';

const NAME = 'phantom-version';
/** In place of a region. */
const ORIGIN = 'origin';

export const phantomVersion: Check = {
  name: NAME,
  about: 'an answer or the origin has a version that was never written, or an answer has the body of another version',
  begin,
};

/** What was written to one key. */
interface Written {
  readonly byVersion: Map<number, WriteOperation>;
  firstVersion: number;
}

interface Phantom {
  readonly read: AnsweredRead;
  readonly because: string;
  readonly write: Change | undefined;
}

function begin({ history }: CheckInput): Judging {
  const written = writtenByKey(history.changes);
  const doubtful = doubtfulDeletions(history.changes);
  const phantoms = new Map<string, Phantom>();
  let judged = 0;
  return {
    read: (read) => {
      if (!isAnswered(read)) return;
      const known = written.get(read.key);
      if (known === undefined || read.version < known.firstVersion) return;
      judged += 1;
      const phantom = read.found === false ? phantom404(read, known, doubtful) : phantomBody(read, known, history);
      if (phantom !== undefined && !phantoms.has(cellOf(read))) phantoms.set(cellOf(read), phantom);
    },
    result: () => {
      const held = heldPhantoms(history, written);
      const anomalies = [...held, ...[...phantoms.values()].map(toAnomaly)];
      const none = 'nothing to judge: no answer shows a version of this run';
      if (judged === 0 && held.length === 0) return { check: NAME, verdict: 'unknown', reason: none, anomalies };
      const atOrigin = held.length === 0 ? '' : `, and ${held.length} at the origin`;
      const reason = `${plural(phantoms.size, 'version')} without a matching write in ${plural(judged, 'answer')}${atOrigin}`;
      return verdictOf({ check: NAME, found: anomalies.length, anomalies, reason });
    },
  };
}

function writtenByKey(changes: readonly Change[]): ReadonlyMap<string, Written> {
  const written = new Map<string, Written>();
  for (const write of changes) {
    if (!isAcknowledged(write)) continue;
    const known = written.get(write.key) ?? { byVersion: new Map(), firstVersion: write.version };
    known.firstVersion = Math.min(known.firstVersion, write.version);
    known.byVersion.set(write.version, write);
    written.set(write.key, known);
  }
  return written;
}

/**
 * Contents with a deletion that may have happened. A read need not know their slot: it may have been sent before they
 * were created.
 */
function doubtfulDeletions(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(changes.flatMap((change) => (change.kind === 'delete' && isOpen(change) ? (change.key ?? []) : [])));
}

/** What the origin itself holds, and nothing that was sent can have made. */
function heldPhantoms(history: History, written: ReadonlyMap<string, Written>): readonly Anomaly[] {
  const open = new Set(history.changes.filter(isOpen).map(({ slot }) => slot));
  return history.of('origin').flatMap((state) => {
    const known = written.get(state.key);
    if (known === undefined || state.isAssumed === true || state.version < known.firstVersion) return [];
    const write = known.byVersion.get(state.version);
    if (write === undefined ? open.has(state.slot) : (write.kind === 'delete') === state.deleted) return [];
    return [toHeldAnomaly(state, write)];
  });
}

function toHeldAnomaly(state: OriginState, write: WriteOperation | undefined): Anomaly {
  const { key, version, deleted } = state;
  const got = deleted ? `the deletion at version ${version}` : `version ${version}`;
  const because =
    write === undefined ? 'no write made that version' : `${write.kind === 'update' ? 'an' : 'a'} ${write.kind} made that version`;
  return {
    anomaly: NAME,
    region: ORIGIN,
    key,
    version,
    explain: `expected a version that was written at the origin, got ${got}: ${because}`,
    witness: write === undefined ? [state] : [write, state],
  };
}

function isOpen({ outcome }: Change): boolean {
  return outcome === 'unknown' || outcome === undefined;
}

function phantom404(read: AnsweredRead, { byVersion }: Written, doubtful: ReadonlySet<string>): Phantom | undefined {
  const write = byVersion.get(read.version);
  if (write?.kind === 'delete') return isSentAfter(write, read);
  if (write === undefined && doubtful.has(read.key)) return undefined;
  return { read, write, because: write === undefined ? 'no deletion made that version' : `a ${write.kind} made that version` };
}

function phantomBody(read: AnsweredRead, { byVersion }: Written, history: History): Phantom | undefined {
  const write = byVersion.get(read.version);
  if (write?.kind === 'delete') return { read, write, because: 'that version is a deletion' };
  if (read.writer === undefined) return write === undefined ? { read, write, because: 'no write made that version' } : undefined;
  const writer = read.writer === null ? undefined : history.change(read.writer);
  if (writer === undefined || !isChangeOf(writer, read)) return { read, write, because: 'no write of this key has that body' };
  const late = isSentAfter(writer, read);
  if (late !== undefined || writer === write) return late;
  if (!isOpen(writer)) return { read, write: writer, because: `operation ${writer.id} ${endOf(writer)}` };
  return write === undefined ? undefined : { read, write, because: 'another operation made that version' };
}

function isChangeOf(writer: Change, read: AnsweredRead): writer is WriteOperation {
  if (writer.kind !== 'create' && writer.kind !== 'update') return false;
  // Read ahead of its creation, an id is in no slot yet.
  const isSlotOf = read.slot === '' || writer.slot === read.slot;
  return isSlotOf && (writer.key === undefined || writer.key === read.key);
}

function isSentAfter(write: Change, read: AnsweredRead): Phantom | undefined {
  return write.startMs > read.endMs ? { read, write, because: 'its write was sent only after the answer had arrived' } : undefined;
}

function endOf({ outcome, version }: WriteOperation): string {
  return outcome === 'ok' ? `made version ${version}` : 'certainly had no effect';
}

function toAnomaly({ read, because, write }: Phantom): Anomaly {
  const body = typeof read.writer === 'number' ? ` with the body of operation ${read.writer}` : '';
  return {
    anomaly: NAME,
    region: read.region,
    key: read.key,
    version: read.version,
    explain: `expected a version and a body that were written in ${read.region}, got ${answerOf(read)}${body}: ${because}`,
    witness: write === undefined ? [read] : [write, read],
  };
}
