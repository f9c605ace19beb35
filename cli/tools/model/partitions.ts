/** The log has two partitions, in each model. */
export const PARTITIONS = [0, 1] as const;
export type Partition = (typeof PARTITIONS)[number];
export type PerPartition = [number, number];

/** The last offset of each partition; -1 where there is none. */
export function lastOffsets({ log }: { readonly log: readonly [readonly unknown[], readonly unknown[]] }): PerPartition {
  return [log[0].length - 1, log[1].length - 1];
}
