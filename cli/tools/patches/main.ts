/**
 * `npm run patches -- [NAME …] [--seeds 200]`: which wrong programs the simulator catches, by which check and at which
 * seed. A process for each core; a line for each patch as it ends. Exits with 1 when one got through, or a harmless one
 * did not.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT } from '../../../lab/errors.ts';
import { type Hunted, huntPatch } from '../../../lab/sim/testing/patch-hunt.ts';
import type { HarmlessPatch, Patch, SlippingPatch } from '../../../lab/sim/testing/patches/patch.ts';
import { HARMLESS_PATCHES, PATCHES, SLIPPING_PATCHES } from '../../../lab/sim/testing/patches/patches.ts';

const USAGE = 'npm run patches -- [NAME …] [--seeds 200]';
const SEEDS_DEFAULT = '200';
const ALL = [...PATCHES, ...HARMLESS_PATCHES];
/** Only those that are named: nothing is expected of them. */
const NAMED = [...ALL, ...SLIPPING_PATCHES];

interface Task {
  readonly name: string;
  readonly seeds: number;
}

interface Done extends Task {
  readonly hunted: Hunted;
}

function patchNamed(name: string): Patch | HarmlessPatch | SlippingPatch {
  const found = NAMED.find((patch) => patch.name === name);
  if (found !== undefined) return found;
  return refuse(`expected a patch (${NAMED.map((patch) => patch.name).join(', ')}), got ${name}`);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n${USAGE}\n`);
  process.exit(EXIT.invalidInput);
}

function readWords() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { seeds: { type: 'string', default: SEEDS_DEFAULT }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function seedsOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) refuse(`--seeds: expected a number from 1 to 999999, got ${JSON.stringify(text)}`);
  return Number(text);
}

function isHarmless(name: string): boolean {
  return HARMLESS_PATCHES.some((patch) => patch.name === name);
}

function toLine({ name, seeds, hunted: { seed, checks, otherwise } }: Done): string {
  const other = otherwise.length === 0 ? '' : `; otherwise ${otherwise.map((each) => `${each.seed} ${each.checks.join('+')}`).join(', ')}`;
  const caught = seed === undefined ? `not caught in ${seeds} seeds` : `${checks.join('+')} at seed ${seed}`;
  return `${isHarmless(name) ? 'harmless' : 'wrong   '} ${name.padEnd(32)} ${caught}${other}\n`;
}

function isAsExpected({ name, hunted: { seed, otherwise } }: Done): boolean {
  return isHarmless(name) ? seed === undefined && otherwise.length === 0 : seed !== undefined;
}

/** One process, one patch after another. Answers whether all were as expected. */
async function work(tasks: Task[]): Promise<boolean> {
  const child = fork(fileURLToPath(import.meta.url), [], { execArgv: ['--max-semi-space-size=32', '--single-threaded-gc'] });
  let expected = true;
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const done = Promise.withResolvers<Done>();
    child.once('message', done.resolve);
    child.once('exit', (code) => done.reject(new Error(`${task?.name}: its process ended with ${code}`)));
    child.send(task);
    const answer = await done.promise;
    child.removeAllListeners();
    process.stdout.write(toLine(answer));
    expected &&= isAsExpected(answer);
  }
  child.disconnect();
  return expected;
}

if (process.send !== undefined) {
  process.on('message', (task: Task) => {
    void huntPatch(patchNamed(task.name), task.seeds).then((hunted) => process.send?.({ ...task, hunted } satisfies Done));
  });
} else {
  const { values, positionals } = readWords();
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exit();
  }
  const seeds = seedsOf(values.seeds);
  const names = positionals.length > 0 ? positionals.map((name) => patchNamed(name).name) : ALL.map((patch) => patch.name);
  const tasks = names.map((name) => ({ name, seeds }));
  const worked = await Promise.all(Array.from({ length: availableParallelism() }, () => work(tasks)));
  process.exitCode = worked.every(Boolean) ? 0 : 1;
}
