/** The shape of a step of the tour. The steps are data (`steps.ts`); what goes through them is `engine.ts`. */
import type { LabCommand } from '../../../lab/live/protocol.ts';
import type { ViewState } from '../state/state.ts';
import type { Begun, RegionState } from '../state/watched.ts';

export interface Act {
  /** A key that does the same outside the tour, where there is one. Enter does, too. */
  readonly key: string | undefined;
  /** What the key does, after its name: `change one content at the origin`. */
  readonly does: string;
  /** What is about to happen, and where to look. */
  readonly say: (regions: Regions) => string;
  readonly commands: (regions: Regions) => readonly LabCommand[];
  /** What is waited for, while it has not been seen. */
  readonly waitsFor: string;
  /** What is to be seen now, a sentence a line; undefined while it is not. */
  readonly seen: (state: ViewState, begun: Begun, regions: Regions) => readonly string[] | undefined;
}

export interface Step {
  readonly title: string;
  readonly acts: readonly Act[];
}

/** The region that is broken, and the one furthest off. */
export interface Regions {
  readonly all: readonly RegionState[];
  readonly cut: string;
  readonly far: string;
}

export function regionsOf({ regions }: Pick<ViewState, 'regions'>): Regions {
  const names = regions.map(({ region }) => region);
  return { all: regions, cut: names[1] ?? names[0] ?? '', far: names.at(-1) ?? '' };
}
