/** The lines of a service on its standard error: whole, all of them also at its end, and never what holds it up. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';

const LOG = new URL('./log.ts', import.meta.url).href;
/** Far more than a pipe holds, and less than the logger keeps. */
const LINES = 5_000;
const KEPT_BYTES_MAX = 1024 * 1024;

const started: ChildProcess[] = [];

function start(source: string): ChildProcess {
  const program = `import { createLogger } from '${LOG}';\n${source}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function read(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

test('every line is whole and in order, of several loggers of a process, up to its very end', async () => {
  const child = start(`
    const [one, two] = [createLogger('one', 'info'), createLogger('two', 'info')];
    for (let at = 0; at < ${LINES}; at += 1) (at % 2 === 0 ? one : two).info({ at }, 'line');
    process.exit(0);
  `);
  const lines = (await read(child.stderr)).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).at)).toEqual(Array.from({ length: LINES }, (_, at) => at));
});

test('lines that nobody reads hold nothing up', async () => {
  const child = start(`
    const logger = createLogger('one', 'info');
    for (let at = 0; at < ${LINES}; at += 1) logger.info({ at }, 'line');
    setInterval(() => process.stdout.write('turn'), 10);
  `);
  // Nobody reads its standard error. Its event loop turns all the same.
  await once(child.stdout ?? child, 'data');
  await once(child.stdout ?? child, 'data');
});

test('what is kept for a reader has a bound, and how much was left out is said', async () => {
  const child = start(`
    const logger = createLogger('one', 'info');
    const text = 'x'.repeat(1000);
    for (let at = 0; at < 3000; at += 1) logger.info({ at, text }, 'line');
    process.stdout.write('written');
    setInterval(() => {}, 1000);
  `);
  await once(child.stdout ?? child, 'data');
  let text = '';
  let dropped: number | undefined;
  for await (const chunk of child.stderr ?? []) {
    text += String(chunk);
    dropped = Number(/"dropped":(\d+)/.exec(text)?.[1]);
    if (dropped > 0) break;
  }
  const lines = text.split('\n').filter((line) => line.includes('"msg":"line"')).length;
  expect(lines + (dropped ?? 0)).toBe(3000);
  expect(lines * 1000).toBeLessThan(KEPT_BYTES_MAX + 128 * 1024);
});
