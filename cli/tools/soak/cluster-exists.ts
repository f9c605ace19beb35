/** Whether `status --json` tells of a cluster: it lists every service of compose.yaml, absent ones too. */
import { z } from 'zod';

const status = z.object({ madeBy: z.string().nullable() });

/** What it printed; nothing where it could not ask. */
export function clusterExists(lines: readonly string[]): boolean {
  const [line] = lines;
  return line !== undefined && status.parse(JSON.parse(line)).madeBy !== null;
}
