/**
 * Source patches: wrong programs that no decorator of a port can make, for what they break lies inside. A patch
 * replaces a text of a file with another one while the simulator is bundled for a test; no switch stands in the code
 * for its sake.
 */

/** What may show that a region serves what it should not serve any more. */
export const OLD_CONTENT = [
  'stale-after-bound',
  'mislabelled',
  'lost-invalidation',
  'purge-ignored',
  'resurrection',
  'version-regression',
] as const;

export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly old: string;
  readonly new: string;
}

/** A wrong program. */
export interface Patch {
  readonly name: string;
  /** One sentence: what it breaks. */
  readonly about: string;
  readonly edits: readonly Edit[];
  /** How many edges each region has in the seeds that are to show it. Left out: as drawn. */
  readonly members?: number;
  /** The checks that name its damage: one of them must catch it. */
  readonly caughtBy: readonly string[];
}

/** A wrong program that the simulator does not show. */
export interface SlippingPatch extends Omit<Patch, 'caughtBy'> {
  /** The test file that fails with it. */
  readonly seenBy: string;
  /** What it would take. */
  readonly why: string;
}

/** A program that differs and keeps every promise: a check that fails it is wrong. */
export interface HarmlessPatch extends Omit<Patch, 'caughtBy'> {
  /** Why nothing that is promised breaks. */
  readonly argument: string;
}
