/** The rows that a load reads and writes: contents `lab-0` …, of a run and of the steady load alike. */
import type { Content } from '../../services/protocol/content.ts';
import type { Clients } from '../system/clients.ts';
import { tagOf, tagsWith } from './slots.ts';

/** Every content there is: its id by its slug. */
export async function idsBySlug(clients: Clients): Promise<ReadonlyMap<string, number>> {
  return new Map((await clients.list()).map(({ slug, id }) => [slug, id]));
}

/** With the tags by which a run purges it. */
export function createRow(clients: Clients, slug: string, body: string): Promise<Content> {
  return clients.create({ slug, title: slug, body, tags: tagsWith(tagOf(slug)) });
}
