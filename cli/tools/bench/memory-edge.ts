/**
 * The edge that `driver` measures the load generator against, in a process of its own. Tells its address; ends with who
 * started it.
 */
import { startMemoryEdge } from '../../../lab/load/testing/memory-edge.ts';

export interface MemoryEdgeTold {
  readonly url: string;
}

process.on('disconnect', () => process.exit(0));
const { url } = await startMemoryEdge();
process.send?.({ url } satisfies MemoryEdgeTold);
