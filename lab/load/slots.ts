/** The lab's own rows: what a slot holds, its slug and tags. It touches no other. */

/** How many tags the rows share, beside the one that all have. */
export const TAGS = 5;
const TAG_OF_ALL = 'lab';

export function slugOf(slot: number): string {
  return `lab-${slot}`;
}

export function isSlug(text: string): boolean {
  return /^lab-\d+$/.test(text);
}

/** The tag of a content as it is created. */
export function tagOf(slug: string): string {
  return tagNamed(Number(slug.slice('lab-'.length)));
}

export function tagNamed(tag: number): string {
  return `lab-tag-${tag % TAGS}`;
}

/**
 * All of a content that has this tag of its own. It is the first of some and the last of others: each counts, wherever
 * it stands.
 */
export function tagsWith(tag: string): readonly string[] {
  const isFirst = Number(tag.at(-1)) % 2 === 1;
  return isFirst ? [tag, TAG_OF_ALL] : [TAG_OF_ALL, tag];
}

/** What the driver knows of a slot. */
export interface Slot {
  id: number | undefined;
  /** Of its content. */
  tag: string;
  /** Of the content it held before: read while it holds none, for what was deleted must not come back. */
  deletedId: number | undefined;
  /** The last write, so that the next one waits for it. */
  tail: Promise<void>;
  /** Ended unknown: left alone, for it may still take effect. */
  doubtful: boolean;
}

export function newSlot(slot: number): Slot {
  return { id: undefined, tag: tagOf(slugOf(slot)), deletedId: undefined, tail: Promise.resolve(), doubtful: false };
}
