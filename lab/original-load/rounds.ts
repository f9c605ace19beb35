/** What the load tests do: reads of one content in every region, then a change of it, then reads again. */

export interface Round {
  readonly name: string;
  /** In each region. */
  readonly reads: number;
  /** The content is changed first, and the reads are spread over the time until every region must have heard of it. */
  readonly afterPut: boolean;
}

export interface RoundsOptions {
  readonly requests: number;
  readonly after: number;
  /** The smaller of the two tests as well, before the other. */
  readonly basic: boolean;
  /** The other; left out, it is done. */
  readonly heavy?: boolean;
}

const PRIMING = 50;
const BASIC = 100;

export function roundsOf({ requests, after, basic, heavy = true }: RoundsOptions): readonly Round[] {
  const smaller = [
    { name: 'basic', reads: BASIC, afterPut: false },
    { name: 'basic, after the PUT', reads: BASIC, afterPut: true },
  ];
  const larger = [
    { name: 'priming', reads: PRIMING, afterPut: false },
    { name: 'load', reads: requests, afterPut: false },
    { name: 'after the PUT', reads: after, afterPut: true },
  ];
  return [...(basic ? smaller : []), ...(heavy ? larger : [])].filter(({ reads }) => reads > 0);
}

export function readsOf(rounds: readonly Round[]): number {
  return rounds.reduce((sum, { reads }) => sum + reads, 0);
}
