/** The world to play with, embedded and in real time, with scenarios written for a test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentListAnswer } from '../../../services/protocol/content.ts';
import { systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { readTopology } from '../../topology/topology.ts';
import { startEmbedded } from '../../worlds/embedded/embedded.ts';
import type { LiveLab } from '../live-lab.ts';
import type { LabCommand, LiveEvent } from '../protocol.ts';
import { startLiveLab } from '../start-live-lab.ts';
import { Events, isReady } from './events.ts';

export const COMPOSE = fileURLToPath(new URL('../../../compose.yaml', import.meta.url));
/** As long as a run may take that heals and reads everything. */
export const LONG_MS = 90_000;

export interface EmbeddedLab {
  readonly events: Events;
  readonly lab: LiveLab;
  /** Sends the command and waits for what comes after it. */
  when(command: LabCommand, matches: (event: LiveEvent) => boolean): Promise<LiveEvent>;
  /** Of the contents that the origin holds, in order. */
  slugs(): Promise<readonly string[]>;
  /** Answers what could not be healed. */
  close(): Promise<readonly string[]>;
}

/**
 * `scenarios`: the text of each by its name. `files`: those that are there already. Resolves when the world is ready.
 */
export async function startEmbeddedLab(
  scenarios: Readonly<Record<string, string>>,
  files: ReadonlyMap<string, string> = new Map(),
): Promise<EmbeddedLab> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-live-'));
  const written = Object.entries(scenarios).map(([name, text]) => [name, join(folder, `${name}.yaml`), text] as const);
  for (const [, file, text] of written) await writeFile(file, text);
  const events = new Events();
  const topology = await readTopology({ file: COMPOSE, environment: {}, freePorts: true });
  const lab = startLiveLab({
    startWorld: (onStep, signal) => startEmbedded({ topology, onStep, signal }),
    catalogue: {
      files: new Map([...written.map(([name, file]) => [name, file] as const), ...files]),
      version: '0',
      topology: async () => topology,
    },
    clock: systemClock,
    random: createRandom(1),
    onEvent: events.take,
  });
  const { originUrl } = await events.until(isReady, 0, LONG_MS);
  return {
    events,
    lab,
    when: (command, matches) => {
      const since = events.all.length;
      lab.do(command);
      return events.until(matches, since);
    },
    slugs: async () => {
      const answer = await fetch(`${originUrl}/api/content?limit=1000`);
      const { data } = contentListAnswer.parse(await answer.json());
      return data.map(({ slug }) => slug).sort();
    },
    close: async () => {
      const left = await lab.close();
      await rm(folder, { recursive: true, force: true });
      return left;
    },
  };
}
