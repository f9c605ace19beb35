/** What the mechanisms of a world can do to its parts. A fault names those it needs, a world those it has. */

/** What a link does to the bytes that pass. A cut swallows them: calls hang until their deadline, as in a real partition. */
export type Impairment =
  | { readonly kind: 'cut' }
  /** Each direction it applies to is delayed by `latencyMs`, more or less by up to `jitterMs`. */
  | { readonly kind: 'latency'; readonly latencyMs: number; readonly jitterMs: number }
  /** Each direction it applies to carries at most that many bytes a second. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** What is sent in each direction it applies to arrives twice. */
  | { readonly kind: 'duplicate' };

/**
 * Impairments of a link by their kinds. `reset`: its connections break once. `isolate`: an edge loses all its links. `pause`, `kill`: the
 * process of a node. `configure`, `flush`: an edge is told so, by its admin routes.
 */
export type Mechanism = Impairment['kind'] | 'reset' | 'isolate' | 'pause' | 'kill' | 'configure' | 'flush';
