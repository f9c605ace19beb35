/**
 * The words of a README as a person runs them: by bash, in the checkout, with the ports of the world under test for
 * those they name.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { OriginalCommand } from './commands.ts';

export const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Shell {
  /** Of the README to that of the world. */
  readonly ports: ReadonlyMap<number, number>;
  readonly env: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Bash, before the words. */
  readonly prelude?: string;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs that the words name; vitest skips what needs one that is not here, and CI has them all. */
export function isHere(program: string): boolean {
  return succeeds(`command -v ${program}`);
}

export function succeeds(words: string): boolean {
  try {
    execFileSync('bash', ['-c', words], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function withPorts(words: string, ports: Shell['ports']): string {
  return words.replace(/localhost:(\d+)/g, (whole, port: string) => {
    const own = ports.get(Number(port));
    return own === undefined ? whole : `localhost:${own}`;
  });
}

function start(words: string, { ports, env, folder = CHECKOUT, prelude = '' }: Shell): ChildProcess {
  return spawn('bash', ['-c', `${prelude}\n${withPorts(words, ports)}`], {
    cwd: folder,
    // A group of its own: what never ends by itself is ended with all that it started.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

function collect(stream: NodeJS.ReadableStream | null, onText: (text: string) => void): void {
  let text = '';
  stream?.on('data', (chunk) => {
    text += String(chunk);
    onText(text);
  });
}

export function run(words: string, shell: Shell): Promise<Ran> {
  const child = start(words, shell);
  const said = { stdout: '', stderr: '' };
  collect(child.stdout, (text) => Object.assign(said, { stdout: text }));
  collect(child.stderr, (text) => Object.assign(said, { stderr: text }));
  return new Promise((resolve) => void child.once('close', (code) => resolve({ code, ...said })));
}

/** Until standard output shows what it must; then it is ended. */
export async function follow({ words, shows }: OriginalCommand, shell: Shell): Promise<void> {
  const child = start(words, shell);
  try {
    await new Promise<void>((resolve, reject) => {
      collect(child.stdout, (text) => void (missing(shows, text) === undefined && resolve()));
      child.once('close', (code) => reject(new Error(`${words} ended with ${code} before it showed what it must`)));
    });
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }
}

/** The first that is not there behind those before it. */
function missing(shows: readonly RegExp[], text: string): RegExp | undefined {
  let rest = text;
  for (const wanted of shows) {
    const found = wanted.exec(rest);
    if (found === null) return wanted;
    rest = rest.slice(found.index + found[0].length);
  }
  return undefined;
}

/** The words end with one of the codes and show what they must. */
export async function expectShown({ words, shows }: OriginalCommand, shell: Shell, codes: readonly number[] = [0]): Promise<void> {
  const { code, stdout, stderr } = await run(words, shell);
  expect(codes, `${words}\n${stdout}\n${stderr}`).toContain(code);
  expect(missing(shows, stdout), `in what ${words} printed:\n${stdout}`).toBeUndefined();
}

/** For what comes a moment later, such as a line of a log. */
export async function untilShown({ words, shows }: OriginalCommand, shell: Shell, withinMs: number): Promise<void> {
  const look = async () => {
    const { code, stdout, stderr } = await run(words, shell);
    return code === 0 && missing(shows, stdout) === undefined ? 'shown' : `${words} ended with ${code}:\n${stdout}\n${stderr}`;
  };
  await expect.poll(look, { interval: 500, timeout: withinMs }).toBe('shown');
}
