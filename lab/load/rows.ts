/** The rows that a load reads and writes: contents `lab-0` …, of a run and of the steady load alike. */
import type { Content } from '../../services/protocol/content.ts';
import { Semaphore } from '../../services/runtime/semaphore.ts';
import type { Clients } from '../system/clients.ts';
import { isSlug, tagOf, tagsWith } from './slots.ts';

const AT_ONCE = 8;

/** Every content there is: its id by its slug. */
export async function idsBySlug(clients: Clients): Promise<ReadonlyMap<string, number>> {
  return new Map((await clients.list()).map(({ slug, id }) => [slug, id]));
}

/** With the tags by which a run purges it. */
export function createRow(clients: Clients, slug: string, body: string): Promise<Content> {
  return clients.create({ slug, title: slug, body, tags: tagsWith(tagOf(slug)) });
}

/**
 * Deletes the lab's rows whose slugs are not among `before`, and creates those of `before` that are not there, each with a new id: an id is
 * never used again. Contents of others stay as they are. Rejects when it has tried all of them, with how many could not be done and the first reason.
 */
export async function restoreRows(clients: Clients, before: ReadonlyMap<string, number>): Promise<void> {
  const now = await idsBySlug(clients);
  const made = [...now].filter(([slug]) => isSlug(slug) && !before.has(slug));
  const missing = [...before.keys()].filter((slug) => isSlug(slug) && !now.has(slug));
  const turns = new Semaphore(AT_ONCE);
  const ended = await Promise.allSettled([
    ...made.map(([, id]) => turns.take(() => clients.delete(id))),
    ...missing.map((slug) => turns.take(() => createRow(clients, slug, 'made by the lab'))),
  ]);
  const failed = ended.filter(({ status }) => status === 'rejected');
  const [first] = failed;
  if (first?.status !== 'rejected') return;
  const why = first.reason instanceof Error ? first.reason.message : String(first.reason);
  throw new Error(`${failed.length} of ${ended.length} contents are not as they were: ${why}`);
}
