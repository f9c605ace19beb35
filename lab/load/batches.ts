/**
 * Rounds of reads by the lab itself, some keys at a time: all at once they are a burst that a busy machine answers with
 * errors.
 */

/** Resolves with all results, in the order of the items. */
export async function inBatches<Item, Result>(
  { items, atOnce }: { readonly items: readonly Item[]; readonly atOnce: number },
  run: (batch: readonly Item[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += atOnce) results.push(...(await run(items.slice(at, at + atOnce))));
  return results;
}
