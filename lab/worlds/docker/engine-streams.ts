/** What the engine says bit by bit, line by line. */
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { WorldFailed } from '../../errors.ts';
import { printable } from '../../input/printable.ts';
import { errorText } from './engine-errors.ts';

const OUTPUT_BYTES_MAX = 64 * 1024;

interface Progress {
  readonly status?: string;
  readonly stream?: string;
}

export interface ProgressOptions {
  /** Of dockerode: reads the lines. */
  readonly modem: {
    followProgress(stream: NodeJS.ReadableStream, onEnd: (error: unknown) => void, onProgress: (progress: Progress) => void): void;
  };
  /** For the error. */
  readonly asked: string;
  readonly stream: NodeJS.ReadableStream;
  readonly onProgress: (line: string) => void;
}

/** Until a stream of progress ends; an error among its lines is one. */
export function followProgress({ modem, asked, stream, onProgress }: ProgressOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    modem.followProgress(
      stream,
      (error: unknown) => (error ? reject(new WorldFailed(`${asked}: ${errorText(error)}`)) : resolve()),
      ({ status, stream: said }) => {
        const line = printable((said ?? status ?? '').trim());
        if (line !== '') onProgress(line);
      },
    );
  });
}

export interface OutputOptions {
  /** Of dockerode: takes apart what is said on either output. */
  readonly modem: { demuxStream(stream: NodeJS.ReadableStream, out: NodeJS.WritableStream, error: NodeJS.WritableStream): void };
  readonly stream: NodeJS.ReadableStream;
  /** Hears what has been said so far. */
  readonly onOutput: (output: string) => void;
}

/** What a command says until it ends, on both outputs. */
export async function outputOf({ modem, stream, onOutput }: OutputOptions): Promise<string> {
  const both = new PassThrough();
  let output = '';
  both.on('data', (chunk: Buffer) => {
    if (output.length < OUTPUT_BYTES_MAX) output += chunk.toString('utf8');
    onOutput(output);
  });
  modem.demuxStream(stream, both, both);
  await finished(stream, { writable: false }).catch(() => {});
  return output;
}

/** `onContainer` hears whose event each is; `onClose` when no more will come. Answers how to stop listening. */
export function followEvents(stream: NodeJS.ReadableStream, onContainer: (id: string) => void, onClose: () => void): () => void {
  let isOver = false;
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString('utf8')}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onContainer(String(JSON.parse(line)?.Actor?.ID ?? ''));
  });
  stream.on('error', () => {});
  stream.once('close', () => void (isOver || onClose()));
  return () => {
    isOver = true;
    if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
  };
}
