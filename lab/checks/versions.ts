/**
 * Each key is a register with one writer, a deletion being a version like any other, and 0 what was there before the
 * first.
 *
 * A version is *known* from the earlier of its acknowledgement and the end of the first read that returned it, in any
 * region. A version is *superseded* when the earliest later one is known: the next one's answer may have been lost. A
 * write that ended unknown may take effect at any later time, so only a read that shows it dates it.
 */
import type { History } from '../history/history.ts';
import { firstIndex } from '../history/ordered.ts';
import type { Operation, ReadOperation, WriteOperation } from '../history/records.ts';

export interface Known {
  readonly version: number;
  readonly atMs: number;
  /** The write that was acknowledged, or the read that returned it. */
  readonly by: AcknowledgedWrite | AnsweredRead;
}

export type AnsweredRead = ReadOperation & { readonly version: number; readonly endMs: number };
export type AcknowledgedWrite = WriteOperation & { readonly key: string; readonly version: number; readonly endMs: number };

export function isAnswered(operation: Operation): operation is AnsweredRead {
  return operation.kind === 'read' && operation.outcome === 'ok' && operation.version !== undefined && operation.endMs !== undefined;
}

export function isAcknowledged(operation: Operation): operation is AcknowledgedWrite {
  if (operation.kind === 'read' || operation.kind === 'purge' || operation.outcome !== 'ok') return false;
  return operation.key !== undefined && operation.version !== undefined && operation.endMs !== undefined;
}

/** Of two at the same time the one that was sent first. */
function isEarlier({ endMs, id }: AcknowledgedWrite | AnsweredRead, known: Known | undefined): boolean {
  return known === undefined || endMs < known.atMs || (endMs === known.atMs && id < known.by.id);
}

class Register {
  readonly #known = new Map<number, Known>();
  #writtenMs = Number.POSITIVE_INFINITY;
  /** Known first of what the load wrote. */
  #loadMs = Number.POSITIVE_INFINITY;
  #deletion: Known | undefined;
  /** By version, ascending: what made this version or a later one known first. */
  #earliest: { readonly version: number; readonly known: Known }[] = [];

  note(by: AcknowledgedWrite | AnsweredRead): void {
    const { version, endMs: atMs } = by;
    if (by.kind !== 'read') {
      this.#writtenMs = Math.min(this.#writtenMs, atMs);
      if (by.phase === 'fault') this.#loadMs = Math.min(this.#loadMs, atMs);
    }
    if (isEarlier(by, this.#known.get(version))) this.#known.set(version, { version, atMs, by });
    const isDeletion = by.kind === 'delete' || (by.kind === 'read' && by.found === false && version > 0);
    if (isDeletion && isEarlier(by, this.#deletion)) this.#deletion = { version, atMs, by };
  }

  /** Its last version, from when on it was known. Ids are never used again. */
  get deletion(): Known | undefined {
    return this.#deletion;
  }

  /** No more is noted after this. */
  seal(): void {
    const descending = [...this.#known.values()].sort((one, other) => other.version - one.version);
    let earliest: Known | undefined;
    for (const known of descending) {
      if (earliest === undefined || known.atMs < earliest.atMs) earliest = known;
      this.#earliest.push({ version: known.version, known: earliest });
    }
    this.#earliest.reverse();
  }

  supersededBy(version: number): Known | undefined {
    const later = firstIndex(this.#earliest.length, (at) => (this.#earliest[at]?.version ?? 0) > version);
    return this.#earliest[later]?.known;
  }

  /** From when on an answer may be an old one: something was written, or two versions were seen. */
  get changedMs(): number {
    const lowest = this.#earliest[0];
    const second = lowest && this.supersededBy(lowest.version);
    return Math.min(this.#writtenMs, second?.atMs ?? Number.POSITIVE_INFINITY);
  }

  get changedInLoadMs(): number {
    return this.#loadMs;
  }
}

/** The registers of a history, by key. */
export class Versions {
  readonly #registers = new Map<string, Register>();
  /** How many writes were acknowledged, and how many reads were answered. */
  readonly writes: number = 0;
  readonly answers: number = 0;
  readonly #hasLoad: boolean;

  constructor({ changes, reads }: Pick<History, 'changes' | 'reads'>) {
    for (const write of changes) {
      if (!isAcknowledged(write)) continue;
      this.writes += 1;
      this.#register(write.key).note(write);
    }
    for (const read of reads) {
      if (!isAnswered(read)) continue;
      this.answers += 1;
      this.#register(read.key).note(read);
    }
    for (const register of this.#registers.values()) register.seal();
    this.#hasLoad = [...this.#registers.values()].some(({ changedInLoadMs }) => Number.isFinite(changedInLoadMs));
  }

  /** What superseded the version a read returned, if it was known before the read began. */
  supersededBefore({ key, version, startMs }: AnsweredRead): Known | undefined {
    const known = this.#registers.get(key)?.supersededBy(version);
    return known !== undefined && known.atMs < startMs ? known : undefined;
  }

  /** The deletion of the key of a read, if it was known before the read began. */
  deletedBefore({ key, startMs }: AnsweredRead): Known | undefined {
    const deletion = this.#registers.get(key)?.deletion;
    return deletion !== undefined && deletion.atMs < startMs ? deletion : undefined;
  }

  /** Whether a read began late enough to have returned an old version at all. */
  couldBeOld({ key, startMs }: AnsweredRead): boolean {
    return (this.#registers.get(key)?.changedMs ?? Number.POSITIVE_INFINITY) < startMs;
  }

  /**
   * When the key of a read changed first of what can be shown: by the load, where the load wrote at all. Infinity: it
   * did not.
   */
  changedMs({ key }: AnsweredRead): number {
    const register = this.#registers.get(key);
    return (this.#hasLoad ? register?.changedInLoadMs : register?.changedMs) ?? Number.POSITIVE_INFINITY;
  }

  #register(key: string): Register {
    const known = this.#registers.get(key);
    if (known !== undefined) return known;
    const created = new Register();
    this.#registers.set(key, created);
    return created;
  }
}
