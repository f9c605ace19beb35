/** The lab's own rows: what a slot holds, its slug and tags. It touches no other. */

const TAGS = 5;
const TAG_OF_ALL = 'lab';

export function slugOf(slot: number): string {
  return `lab-${slot}`;
}

export function tagOf(slug: string): string {
  return `lab-tag-${Number(slug.slice('lab-'.length)) % TAGS}`;
}

/** Those of its content, as long as there is one. */
export function tagsOf(slug: string): readonly string[] {
  return [TAG_OF_ALL, tagOf(slug)];
}

/** What the driver knows of a slot. */
export interface Slot {
  id: number | undefined;
  /** Of the content it held before: read while it holds none, for what was deleted must not come back. */
  deletedId: number | undefined;
  /** The last write, so that the next one waits for it. */
  tail: Promise<void>;
  /** Ended unknown: left alone, for it may still take effect. */
  doubtful: boolean;
}
