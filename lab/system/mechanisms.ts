/** What the mechanisms of a world can do to its parts. A fault names those it needs, a world those it has. */

/**
 * `cut`, `latency`, `bandwidth`: impairments of a link. `reset`: its connections break once. `isolate`: an edge loses all its links. `pause`,
 * `kill`: the process of a node. `configure`, `flush`: an edge is told so, by its admin routes.
 */
export type Mechanism = 'cut' | 'latency' | 'bandwidth' | 'reset' | 'isolate' | 'pause' | 'kill' | 'configure' | 'flush';
