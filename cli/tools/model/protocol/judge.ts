/**
 * The promises, and who keeps account of them. A violation is a sentence that begins with its promise. What an event
 * means is in force from its first application on, whatever the rules make of it; a reader is judged by what was in
 * force when the read began.
 */
import { type Event, type Mode, partsOf, scopesOf } from './events.ts';
import type { Answer, ProtocolState, Reader } from './state.ts';

export type Promised =
  /** After a hard event of a version, none below it is answered. */
  | 'hard'
  /** After a soft event of a version, none below it is answered without the label stale. */
  | 'soft'
  /** After an event, no older 404 is answered. */
  | 'stale-404'
  /** After a purge, what it covers and was read before is not answered, or only as stale. */
  | 'purge-hard'
  | 'purge-soft'
  /** Stale-if-error answers nothing that is invalid at that moment. */
  | 'stale-if-error'
  /** A restarted edge calls nothing fresh that was superseded in the log before. */
  | 'restart'
  /** No answer is below an earlier answer. */
  | 'order'
  /** No answer from the cache is below an earlier one from the cache. */
  | 'order-cached'
  /** An answer is not below an earlier one from the cache whose event is applied. */
  | 'order-applied'
  /** An event changes nothing about an entry that is at its version. */
  | 'needless'
  /** When nothing is pending: no superseded version is fresh, catching up has ended, and a read ends in a fresh hit. */
  | 'lost'
  | 'stuck'
  | 'never-fresh';

export interface Answered {
  readonly reader: Reader;
  readonly answer: Answer;
  readonly label: 'fresh' | 'stale';
  readonly source: 'cache' | 'origin' | 'stale-if-error';
}

export function readerOf({ judge }: ProtocolState): Reader {
  const { hardVersion, softVersion, purges, seen, seenCached, inLogAtRestart } = judge;
  return { hardVersion, softVersion, purges: purges.length, seen, seenCached, inLogAtRestart };
}

/** Puts in force what the event means, in the mode that it is applied in. */
export function putInForce({ judge }: ProtocolState, event: Event, mode: Mode): void {
  if (judge.applied.includes(event.id)) return;
  judge.applied.push(event.id);
  if (event.kind === 'purge') judge.purges.push(`${event.mode} ${event.scope}`);
  if (event.kind !== 'version') return;
  const minimum = event.isDeletion || mode === 'hard' ? 'hardVersion' : 'softVersion';
  judge[minimum] = Math.max(judge[minimum], event.version);
}

/** Says what is answered, and judges it. */
export function answer(state: ProtocolState, violations: string[], answered: Answered): string {
  const { reader, answer: said, label, source } = answered;
  const { version } = said;
  const name = `${said.isMissing ? '404 of ' : ''}v${version}, ${label}, from ${source}`;
  const violate = (promise: Promised, why: string) => violations.push(`${promise}: answered ${name} ${why}`);
  if (version < reader.hardVersion) violate('hard', `after the hard event of v${reader.hardVersion}`);
  else if (version < reader.softVersion && label !== 'stale') violate('soft', `after the soft event of v${reader.softVersion}`);
  if (said.isMissing && version < reader.softVersion) violate('stale-404', `after the soft event of v${reader.softVersion}`);
  judgePurges(state, answered, violate);
  const { hardVersion } = state.judge;
  if (source === 'stale-if-error' && version < hardVersion)
    violate('stale-if-error', `though the hard event of v${hardVersion} is applied`);
  const isCached = source === 'cache';
  if (label === 'fresh' && isCached && version < reader.inLogAtRestart)
    violate('restart', `though v${reader.inLogAtRestart} was in the log`);
  judgeOrder(answered, violate);
  state.judge.seen = Math.max(state.judge.seen, version);
  if (isCached) state.judge.seenCached = Math.max(state.judge.seenCached, version);
  return name;
}

function judgePurges({ judge }: ProtocolState, { reader, answer: said, label }: Answered, violate: Violate): void {
  for (const purge of judge.purges.slice(said.purgesBefore, reader.purges)) {
    const [mode, scope] = partsOf(purge);
    if (!scopesOf(said).includes(scope)) continue;
    if (mode === 'hard') violate('purge-hard', `read before the ${mode} purge of ${scope}`);
    else if (label !== 'stale') violate('purge-soft', `read before the ${mode} purge of ${scope}`);
  }
}

function judgeOrder({ reader, answer: { version }, source }: Answered, violate: Violate): void {
  const { seen, seenCached, hardVersion, softVersion } = reader;
  if (version < seen) violate('order', `after v${seen}`);
  if (version >= seenCached) return;
  if (source === 'cache') violate('order-cached', `after v${seenCached} from the cache`);
  if (Math.max(hardVersion, softVersion) > version) violate('order-applied', `after v${seenCached} from the cache, whose event is applied`);
}

type Violate = (promise: Promised, why: string) => void;
