/** The lab's own rows: a slot's slug and tags. It touches no other. */

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
