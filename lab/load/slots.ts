/** The lab's own rows: a slot's slug and tag. It touches no other. */

const TAGS = 5;

export function slugOf(slot: number): string {
  return `lab-${slot}`;
}

export function tagOf(slug: string): string {
  return `lab-tag-${Number(slug.slice('lab-'.length)) % TAGS}`;
}
