/** What tests of seeds have in common: three regions, a minute of virtual time. */
import { fileURLToPath } from 'node:url';
import { readTopology } from '../../topology/topology.ts';
import type { SeedSetup } from '../outcome.ts';
import { withRegions } from '../regions.ts';

const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));

export interface SetupOptions {
  readonly regions?: number;
  /** How many edges each has. Left out: as drawn. */
  readonly members?: number | undefined;
  readonly mutant?: string;
}

export async function seedSetup({ regions = 3, members, mutant }: SetupOptions = {}): Promise<SeedSetup> {
  const topology = withRegions(await readTopology({ file: COMPOSE, environment: {} }), regions);
  return { topology, durationMs: 60_000, members, mutant };
}
