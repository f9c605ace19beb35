/**
 * `npm run soak`: every built-in scenario one after another, a line for each run, the worst exit code. Ctrl-C stops the
 * run under way, which heals, and ends. A cluster that was not there before is removed in the end.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EXIT, type ExitCode, worstOf } from '../../../lab/errors.ts';
import { printable, printableLines } from '../../../lab/input/printable.ts';
import { BACKENDS, EMBEDDED } from '../../../lab/worlds/worlds.ts';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { clusterExists } from './cluster-exists.ts';
import { runProgram } from './program.ts';
import { SOAK_LEGEND, toRow, whyNot } from './table.ts';

const USAGE = `npm run soak [-- [--backend docker|embedded|simulated] [--times 3] [--duration 6s] [--project NAME] [--target varnish] [scenario …]]

Runs the scenarios named, or every built-in one, one after another; prints a line for each run and ends with the worst exit code.
Ctrl-C heals what is broken and ends. A cluster that was not there before is removed in the end.`;
const TIMES_MAX = 1_000;
const STOP = new AbortController();

const options = z.object({
  backend: z.enum(BACKENDS).default(EMBEDDED),
  times: z.coerce.number().int().min(1).max(TIMES_MAX).default(1),
  duration: z.string().optional(),
  project: z.string().optional(),
  target: z.array(z.string()).default([]),
  ports: z.literal('auto').default('auto'),
});
type Options = z.infer<typeof options>;

interface Asked {
  readonly values: Options;
  readonly names: readonly string[];
  readonly help: boolean;
}

function readOptions(): Asked | undefined {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      options: {
        backend: text,
        times: text,
        duration: text,
        project: text,
        target: { ...text, multiple: true },
        ports: text,
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
    });
    return { values: options.parse(values), names: positionals, help: values.help ?? false };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    process.stderr.write(`${printableLines(why)}\n\n${USAGE}\n`);
    return undefined;
  }
}

const said = (line: string) => void process.stdout.write(`${line}\n`);
const program = (...words: readonly string[]) => runProgram({ words, clock, signal: STOP.signal });
const projectOf = ({ project }: Options) => (project === undefined ? [] : ['--project', project]);

/** Without a cache of others those that need none. */
async function builtIn({ target }: Options): Promise<readonly string[]> {
  const { lines } = await program('list', 'scenarios', '--json');
  return z
    .array(z.object({ name: z.string(), needsTarget: z.boolean() }))
    .parse(JSON.parse(lines.join('\n')))
    .filter(({ needsTarget }) => target.length > 0 || !needsTarget)
    .map(({ name }) => name);
}

/** Whether something of the cluster is there. */
async function isUp(of: Options): Promise<boolean> {
  return clusterExists((await program('status', '--json', ...projectOf(of))).lines);
}

async function runAll(names: readonly string[], of: Options): Promise<readonly ExitCode[]> {
  const { backend, times, duration } = of;
  const words = ['--backend', backend, '--ports', of.ports, ...projectOf(of), ...(duration === undefined ? [] : ['--duration', duration])];
  for (const target of of.target) words.push('--target', target);
  const codes: ExitCode[] = [];
  for (let time = 0; time < times; time += 1) {
    for (const name of names) {
      if (STOP.signal.aborted) return [...codes, EXIT.interrupted];
      const begunAt = clock.monotonicMs();
      const ended = await program('run', name, '--json', ...words, ...(backend === 'docker' ? ['--keep'] : []));
      const run = { name, elapsedMs: clock.monotonicMs() - begunAt, ...ended };
      said(toRow(run));
      for (const line of whyNot(run)) said(`    ${printable(line)}`);
      codes.push(run.code);
    }
  }
  return codes;
}

async function soak(): Promise<ExitCode> {
  const read = readOptions();
  if (read === undefined) return EXIT.invalidInput;
  const { values, names, help } = read;
  if (help) {
    said(USAGE);
    return EXIT.pass;
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => STOP.abort());
  const isDocker = values.backend === 'docker';
  const wasUp = isDocker && (await isUp(values));
  said(SOAK_LEGEND);
  const codes = await runAll(names.length > 0 ? names : await builtIn(values), values);
  if (isDocker && !wasUp) {
    const { code, lines } = await runProgram({ words: ['down', ...projectOf(values)], clock, signal: new AbortController().signal });
    for (const line of lines) said(line);
    return worstOf([...codes, code]);
  }
  return worstOf(codes);
}

process.exitCode = await soak();
