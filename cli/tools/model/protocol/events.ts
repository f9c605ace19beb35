/**
 * Events. There is one key, which the readers read, and another one in the same partition, which takes up places only.
 * Version 1, 3, … of the content has tag A, version 2, 4, … has tag B.
 */
import type { Partition } from '../partitions.ts';

export type Mode = 'hard' | 'soft';
/** What a purge may be of. */
export type Scope = 'key' | 'tagA' | 'tagB' | 'pattern' | 'all';
export type Purge = `${Mode} ${Scope}`;

interface EventBase {
  /** A repeat has the same. */
  readonly id: string;
}
export interface VersionEvent extends EventBase {
  readonly kind: 'version';
  readonly version: number;
  readonly isDeletion: boolean;
}
export interface PurgeEvent extends EventBase {
  readonly kind: 'purge';
  readonly mode: Mode;
  readonly scope: Scope;
}
export interface OtherEvent extends EventBase {
  readonly kind: 'other';
}
export type Event = VersionEvent | PurgeEvent | OtherEvent;

/** Events of a key are in partition 0, all others in partition 1. */
export function partitionOf(event: Event): Partition {
  return event.kind === 'purge' && event.scope !== 'key' ? 1 : 0;
}

export function tagOf(version: number): Scope {
  return version % 2 === 1 ? 'tagA' : 'tagB';
}

/** A version of the origin: content, or a 404 with the version of its deletion (0: never created). */
export interface Versioned {
  readonly version: number;
  readonly isMissing: boolean;
}

/** What covers an answer. Nobody knows the tags of a 404. */
export function scopesOf({ version, isMissing }: Versioned): readonly Scope[] {
  return isMissing ? ['key', 'pattern', 'all'] : ['key', 'pattern', 'all', tagOf(version)];
}

/** Parts a purge into its mode and its scope. */
export function partsOf(purge: Purge): readonly [Mode, Scope] {
  const [mode, scope] = purge.split(' ') as [Mode, Scope];
  return [mode, scope];
}

export function nameOf(event: Event): string {
  if (event.kind === 'purge') return `${event.mode} purge of ${event.scope}`;
  if (event.kind === 'other') return 'other key';
  return event.isDeletion ? `deletion ${event.version}` : `v${event.version}`;
}
