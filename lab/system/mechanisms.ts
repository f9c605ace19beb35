/** What the mechanisms of a world can do to its parts. A fault names those it needs, a world those it has. */

/**
 * What a link does to the bytes that pass. A cut swallows them: calls hang until their deadline, as in a real
 * partition.
 */
export type Impairment =
  | { readonly kind: 'cut' }
  /** Each direction it applies to is delayed by `latencyMs`, more or less by up to `jitterMs`. */
  | { readonly kind: 'latency'; readonly latencyMs: number; readonly jitterMs: number }
  /** Each direction it applies to carries at most that many bytes a second. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** What is sent in each direction it applies to arrives twice. */
  | { readonly kind: 'duplicate' };

/**
 * What a server suffers without its callers' links or its process being touched. Of a cache: `refuse-writes`, it
 * answers and takes nothing; `tear`, of each batch one step in the middle is left out; `evict`, half of its entries are
 * gone; `roll-back`, when it is repaired it is what it was when that began. Of the log: `truncate`, what it holds is
 * dropped; `recreate`, it is another log with as many records; `garble`, what is appended cannot be read.
 */
export const DAMAGES = ['refuse-writes', 'tear', 'evict', 'roll-back', 'truncate', 'recreate', 'garble'] as const;
export type Damage = (typeof DAMAGES)[number];

/**
 * Impairments of a link by their kinds, damages of a server by theirs. `reset`: the connections of a link break once.
 * `isolate`: an edge loses all its links. `pause`, `kill`: the process of a node. `configure`, `flush`: an edge is told
 * so, by its admin routes.
 */
export type Mechanism = Impairment['kind'] | Damage | 'reset' | 'isolate' | 'pause' | 'kill' | 'configure' | 'flush';
