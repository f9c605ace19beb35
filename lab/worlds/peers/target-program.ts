/** The program of a target file, between its readers and its upstream. */
import { filled } from '../../../services/protocol/purge-ways.ts';
import { RUN_HEADER } from '../../../services/protocol/upstream-api.ts';
import type { Asker } from '../../../services/runtime/asker.ts';
import { WorldFailed } from '../../errors.ts';
import type { StartedTarget } from '../../targets/target.ts';
import { findPackage, missingPackage } from './here.ts';
import { Program, type ProgramOptions } from './program.ts';
import { WORKER_FILE } from './worker-file.ts';

export interface OpenProgramOptions extends Pick<ProgramOptions, 'variables' | 'clock' | 'random' | 'signal' | 'port' | 'onOutput'> {
  readonly upstreamPort: number;
  readonly asker: Pick<Asker, 'ask'>;
  /** What the stamps of its upstream say: its answers must have them. Left out: whoever started it looks after that. */
  readonly run?: string;
}

const HOST = '127.0.0.1';
const UP_MS_MAX = 1_000;
/** Above every id of a run. */
const NOBODYS_ID = '2000000000';
const UP_STATUSES = [200, 404];

/** The path of a content that there is not. */
export function nothingOf({ read }: Pick<StartedTarget, 'read'>): string {
  return filled(read.path, { id: NOBODYS_ID });
}

/**
 * Serves when it resolves: a content that there is not is asked for through it. Throws WorldFailed with what it said.
 */
export async function openProgram(
  { name, start, read }: Pick<StartedTarget, 'name' | 'start' | 'read'>,
  { upstreamPort, asker, run, ...options }: OpenProgramOptions,
): Promise<Program> {
  const ofNode = await nodePlaces({ name, start });
  const nothing = nothingOf({ read });
  return Program.start({
    ...options,
    name,
    spec: ({ port, dir }) => {
      const upstream = `${HOST}:${upstreamPort}`;
      const ofUpstream = { upstream, 'upstream-host': HOST, 'upstream-port': String(upstreamPort) };
      const places = { ...ofNode, ...ofUpstream, port: String(port), dir };
      const fill = (text: string) => filled(text, places);
      const fillAll = (texts: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fill(text)]));
      return {
        build: start.build?.map(fill),
        command: start.command.map(fill),
        files: fillAll(start.files),
        folders: start.folders,
        environment: fillAll(start.environment),
        owner: start.owner,
      };
    },
    // With the way to its origin cut it serves all the same.
    isUpAgain: async (url) => (await asker.ask({ url: `${url}${nothing}`, deadlineMs: UP_MS_MAX }).catch(() => undefined)) !== undefined,
    isUp: async (url) => {
      const answered = await asker.ask({ url: `${url}${nothing}`, deadlineMs: UP_MS_MAX }).catch(() => undefined);
      if (answered === undefined || !UP_STATUSES.includes(answered.status)) return false;
      if (run !== undefined && answered.headers[RUN_HEADER] !== run) throw new WorldFailed(unstamped(name, answered.status));
      return true;
    },
  });
}

/** Throws WorldFailed for an npm package that is not here. */
async function nodePlaces({ name, start }: Pick<StartedTarget, 'name' | 'start'>): Promise<Readonly<Record<string, string>>> {
  const places = { node: process.execPath, worker: WORKER_FILE };
  if (start.package === undefined) return places;
  const found = await findPackage(start.package);
  if (found === undefined) throw new WorldFailed(`${name} did not start: ${missingPackage(start.package)}`);
  return { ...places, package: found.folder };
}

/** Why a cache that answers so is not one to be judged, in words. */
export function unstamped(name: string, status: number): string {
  return `${name} answers ${status} without the stamp of its upstream: it asks somebody else, has kept what was there before, or drops headers. races ${name} says which`;
}
