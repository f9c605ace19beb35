/**
 * Which Compose is on this machine: the plugin of the docker command, else the command of its own. The lab itself needs
 * none.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ComposeFinding } from '../../doctor.ts';

const ANSWER_MS_MAX = 5_000;
const COMMANDS = [['docker', 'compose'], ['docker-compose']] as const;

/** undefined where there is none. */
export async function findCompose(): Promise<ComposeFinding | undefined> {
  for (const [program, ...words] of COMMANDS) {
    const version = await versionOf(program, [...words, 'version', '--short']);
    if (version !== undefined) return { command: [program, ...words].join(' '), version };
  }
  return undefined;
}

async function versionOf(program: string, words: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, words, { timeout: ANSWER_MS_MAX });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
