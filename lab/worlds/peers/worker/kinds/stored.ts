/** An answer as a worker keeps it in a store of text. */
import { z } from 'zod';
import type { Fetched } from '../upstream-client.ts';

const stored = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() });

export function parseStored(text: string): Fetched {
  return stored.parse(JSON.parse(text));
}
