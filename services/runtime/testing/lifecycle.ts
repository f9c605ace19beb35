/**
 * A service as a process of its own: what it wrote, where it listens, how it ended. Killed when a test leaves it
 * behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { z } from 'zod';
import type { Sent } from './http.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Everything on standard error. */
  readonly text: string;
  readonly standardOutput: string;
}

export interface ServiceProcess {
  /** The line that says it has read its environment and opens what it needs. */
  readonly starting: Promise<void>;
  /** The port of the line that says it listens; rejects when the process ends before. */
  readonly port: Promise<number>;
  readonly ended: Promise<Ended>;
  /** What is on standard error so far. */
  readonly output: () => string;
  kill(signal: NodeJS.Signals): void;
}

const logLine = z.object({ port: z.int().optional(), msg: z.string() });

function parseLine(line: string): z.infer<typeof logLine> | undefined {
  try {
    return logLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function watch(child: ChildProcess): ServiceProcess {
  const port = Promise.withResolvers<number>();
  const starting = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Ended>();
  const lines: string[] = [];
  let standardOutput = '';
  if (child.stderr === null || child.stdout === null) throw new Error('expected pipes for standard output and error');
  child.stdout.on('data', (chunk) => {
    standardOutput += String(chunk);
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    const said = parseLine(line);
    if (said?.msg.endsWith('starting')) starting.resolve();
    if (said?.port !== undefined) port.resolve(said.port);
  });
  child.on('error', ended.reject);
  child.on('close', (code, signal) => {
    const text = lines.join('\n');
    for (const { reject } of [starting, port]) reject(new Error(`ended with ${code ?? signal} too early: ${text}`));
    ended.resolve({ code, signal, text, standardOutput });
  });
  // Not every test asks for these.
  starting.promise.catch(() => {});
  port.promise.catch(() => {});
  return {
    starting: starting.promise,
    port: port.promise,
    ended: ended.promise,
    output: () => lines.join('\n'),
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs `main` (a file URL) with this environment and no other. */
export async function withProcess<T>(
  { main, environment }: { readonly main: URL; readonly environment: Readonly<Record<string, string>> },
  use: (service: ServiceProcess) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, [fileURLToPath(main)], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const service = watch(child);
  try {
    return await use(service);
  } finally {
    child.kill('SIGKILL');
    await service.ended;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Resolves once the port takes no connection: the first signal has been heard. */
export async function untilClosed(port: number): Promise<void> {
  await expect.poll(() => accepts(port), { interval: 10, timeout: 10_000 }).toBe(false);
}

export interface HeldRequest {
  /** Sends the rest of the body. */
  finish(): void;
  /** All that came back until the connection ended, also when it was cut. */
  readonly answer: Promise<string>;
}

/**
 * A request whose body is yet to come. Resolves once the service has told it to go on, so it is in flight for certain.
 */
export async function holdRequest(port: number, sent: Sent): Promise<HeldRequest> {
  const body = JSON.stringify(sent.body);
  const fields = {
    host: 'localhost',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    expect: '100-continue',
  };
  const lines = Object.entries({ ...fields, ...sent.headers }).map(([name, value]) => `${name}: ${value}`);
  const head = [`${sent.method} ${sent.path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
  const socket = connect(port, '127.0.0.1', () => socket.write(head));
  const wentOn = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
    if (!text.startsWith('HTTP/1.1 100 ')) return;
    text = text.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '');
    wentOn.resolve();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    wentOn.reject(new Error('the connection ended before 100 Continue'));
    answer.resolve(text);
  });
  await wentOn.promise;
  return { finish: () => void socket.write(body), answer: answer.promise };
}
