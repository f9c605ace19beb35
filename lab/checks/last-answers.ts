/**
 * What each key was answered with in each region after settle, where the lab asks for it again as long as it is
 * labelled stale.
 */
import type { ReadOperation } from '../history/records.ts';
import { keyOf } from './answers.ts';
import { type AnsweredRead, isAnswered } from './versions.ts';

export class LastAnswers {
  readonly #first = new Map<string, AnsweredRead>();
  readonly #last = new Map<string, ReadOperation>();

  /** Every read, in the order in which they began. */
  take(read: ReadOperation): void {
    if (!read.final || read.outcome !== 'ok') return;
    const cell = keyOf(read);
    this.#last.set(cell, read);
    if (isAnswered(read) && !this.#first.has(cell)) this.#first.set(cell, read);
  }

  /** The first of the last answers. */
  first(of: Pick<ReadOperation, 'region' | 'key'>): AnsweredRead | undefined {
    return this.#first.get(keyOf(of));
  }

  last(of: Pick<ReadOperation, 'region' | 'key'>): ReadOperation | undefined {
    return this.#last.get(keyOf(of));
  }
}
