import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runSeedOf } from '../../lab/sim/outcome.ts';
import { COMPOSE_FILE } from '../program-files.ts';
import type { Session } from '../session.ts';
import { readSetup, type SwarmOptions, simCommand } from './sim-options.ts';

const SESSION = { environment: { variables: {} } } as Session;
const OPTIONS: SwarmOptions = { regions: 3, duration: 60_000, compose: COMPOSE_FILE };

/** The topology of the program, with a region of another name in place of ap-south. */
async function withRegionNamed(region: string, use: (compose: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-sim-'));
  try {
    const compose = join(folder, 'compose.yaml');
    const text = await readFile(COMPOSE_FILE, 'utf8');
    // Its own second edge has that name.
    const alone = text.replace(/\n {2}# A second edge of eu-west[\s\S]*?(?=\n {2}edge-ap-south:)/, '');
    await writeFile(compose, alone.replaceAll('ap-south', region));
    await use(compose);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('how many edges each region has', () => {
  it('is told in the command that runs the seeds again', () => {
    expect(simCommand('7', { ...OPTIONS, members: 2 })).toBe('edgesync-lab sim --seeds 7 --members 2');
    expect(simCommand('7', OPTIONS)).toBe('edgesync-lab sim --seeds 7');
    const given = new Map([['HOT_MS', '60000']]);
    expect(simCommand('7', { ...OPTIONS, given })).toBe('HOT_MS=60000 edgesync-lab sim --seeds 7');
  });

  it('is that of every seed, where it is said', async () => {
    const setup = await readSetup({ ...OPTIONS, members: 2, duration: 5_000 }, SESSION);
    expect(setup.members).toBe(2);
    expect((await runSeedOf(1, setup)).status).toBe('completed');
  });

  it('is refused where an edge and a region would read in one consumer group', () =>
    withRegionNamed('eu-west-2', async (compose) => {
      const twice = 'edge 2 of eu-west and the region eu-west-2 would share a consumer group';
      await expect(readSetup({ ...OPTIONS, compose, members: 2 }, SESSION)).rejects.toThrow(`--members: ${twice}`);
      await expect(readSetup({ ...OPTIONS, compose }, SESSION)).rejects.toThrow(twice);
      expect((await readSetup({ ...OPTIONS, compose, members: 1 }, SESSION)).members).toBe(1);
    }));
});

it('what a service refuses in its environment is refused once, before any seed', async () => {
  const session = { environment: { variables: { WARM_KEYS: '-5' } } } as unknown as Session;
  const refused = 'edge-eu-west: WARM_KEYS: expected a whole number from 0 to 10000, got "-5"';
  await expect(readSetup(OPTIONS, session)).rejects.toThrow(refused);
});
