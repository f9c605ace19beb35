/** Races that a test plays, with what is told of them. */
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../services/runtime/clock.ts';
import { systemRandom } from '../../../services/runtime/random.ts';
import { PlayedRaces } from '../played-races.ts';
import type { LiveEvent, Told } from '../protocol.ts';
import { Events } from './events.ts';

export const PRESETS = fileURLToPath(new URL('../../targets', import.meta.url));
export const VARIABLES = { PATH: process.env['PATH'] };

/** `folder`: of the targets. Nothing of a race is left when it resolves. */
export async function withPlayedRaces(use: (races: PlayedRaces, events: Events) => Promise<void>, folder: string = PRESETS): Promise<void> {
  const events = new Events();
  const tell = (event: Told<LiveEvent>) => events.take({ t: 0, ...event } as LiveEvent);
  const races = new PlayedRaces({ targets: { folder, variables: VARIABLES }, clock: systemClock, random: systemRandom, tell });
  try {
    await use(races, events);
  } finally {
    await races.close();
  }
}
