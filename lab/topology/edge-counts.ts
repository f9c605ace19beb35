/** How many edges each region has, and whether the log can tell them apart. */

/** By the name of the region. */
export type EdgeCounts = ReadonlyMap<string, number>;

export interface GroupTwice {
  readonly region: string;
  /** One sentence. */
  readonly message: string;
}

/**
 * Edges of two regions that would read in one consumer group, as edge 2 of `eu-west` and the only one of `eu-west-2`:
 * Kafka would give each of them some of the partitions, and each would miss the events of the others.
 */
export function groupsTwice(edges: EdgeCounts): readonly GroupTwice[] {
  return [...edges].flatMap(([region, count]) =>
    Array.from({ length: Math.max(0, count - 1) }, (_, at) => at + 2)
      .filter((member) => edges.has(`${region}-${member}`))
      .map((member) => {
        const other = `${region}-${member}`;
        const why = `edge ${member} of ${region} and the region ${other} would share a consumer group, and each would get only some of the partitions`;
        return { region, message: `${why}: give ${other} another name` };
      }),
  );
}
