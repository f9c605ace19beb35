/** The rows that a load reads and writes: contents `lab-0` …, of a run and of the steady load alike. */
import type { Content } from '../../services/protocol/content.ts';
import { Semaphore } from '../../services/runtime/semaphore.ts';
import { WorldFailed } from '../errors.ts';
import type { Clients } from '../system/clients.ts';
import { CallFailed } from '../system/transport.ts';
import { isSlug, tagOf, tagsWith } from './slots.ts';

const AT_ONCE = 8;
const MADE = 'made by the lab';

/** Of requests in a row that had no answer in time. */
const LATE_MAX = 12;

/** Every content there is: its id by its slug. */
export async function idsBySlug(clients: Clients): Promise<ReadonlyMap<string, number>> {
  return new Map((await clients.list()).map(({ slug, id }) => [slug, id]));
}

/** The ids of rows with these slugs, in their order; those that are not there are made. `answered` hears of each. */
export async function rowsNamed(clients: Clients, slugs: readonly string[], answered = () => {}): Promise<readonly number[]> {
  const existing = await idsBySlug(clients);
  const ids: number[] = [];
  for (const slug of slugs) {
    ids.push(existing.get(slug) ?? (await createRow(clients, slug, MADE)).id);
    answered();
  }
  return ids;
}

/**
 * For a start, on a machine that may be busy: tries again while something is answered, and LATE_MAX times in a row
 * where nothing is. Who is refused is told at once. A row whose creation had no answer may be there all the same: an
 * attempt looks first.
 */
export async function patiently<T>(attempt: (answered: () => void) => Promise<T>): Promise<T> {
  for (let late = 1; ; late += 1) {
    try {
      return await attempt(() => {
        late = 0;
      });
    } catch (error) {
      if (!(error instanceof CallFailed) || error.definite) throw error;
      if (late >= LATE_MAX)
        throw new WorldFailed(
          `${error.message}, ${late} times in a row. The machine may be too busy: end other programs, then start again`,
        );
    }
  }
}

/** With the tags by which a run purges it. */
export function createRow(clients: Clients, slug: string, body: string): Promise<Content> {
  return clients.create({ slug, title: slug, body, tags: tagsWith(tagOf(slug)) });
}

/**
 * Deletes the lab's rows whose slugs are not among `before`, and creates those of `before` that are not there, each
 * with a new id: an id is never used again. Contents of others stay as they are. Rejects when it has tried all of them,
 * with how many could not be done and the first reason.
 */
export async function restoreRows(clients: Clients, before: ReadonlyMap<string, number>): Promise<void> {
  const now = await idsBySlug(clients);
  const made = [...now].filter(([slug]) => isSlug(slug) && !before.has(slug));
  const missing = [...before.keys()].filter((slug) => isSlug(slug) && !now.has(slug));
  const turns = new Semaphore(AT_ONCE);
  const ended = await Promise.allSettled([
    ...made.map(([, id]) => turns.take(() => clients.delete(id))),
    ...missing.map((slug) => turns.take(() => createRow(clients, slug, MADE))),
  ]);
  const failed = ended.filter(({ status }) => status === 'rejected');
  const [first] = failed;
  if (first?.status !== 'rejected') return;
  const why = first.reason instanceof Error ? first.reason.message : String(first.reason);
  throw new Error(`${failed.length} of ${ended.length} contents could not be restored: ${why}`);
}
