/**
 * `npm run soak:faults`: random faults that overlap, on worlds whose acts are slow and fail, seed by seed. Says what is
 * wrong with each, and what all came to; ends with 1 when anything is.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EXIT } from '../../../../lab/errors.ts';
import type { TrialOutcome } from '../../../../lab/faults/testing/trials/outcome.ts';
import { runTrial } from '../../../../lab/faults/testing/trials/run-trial.ts';
import { sessionTrial } from '../../../../lab/faults/testing/trials/session-trial.ts';
import { embeddedStage, type Stage, simulatedStage } from '../../../../lab/faults/testing/trials/stage.ts';
import { drawTrial } from '../../../../lab/faults/testing/trials/trial.ts';
import { printable, printableLines } from '../../../../lab/input/printable.ts';
import { readTopology } from '../../../../lab/topology/topology.ts';

const USAGE = `npm run soak:faults [-- [--backend simulated|embedded|docker] [--seeds 1..100] [--project NAME]]

Tries random faults, seed by seed; prints what is wrong with each. Ctrl-C ends after the seed under way.`;
const COMPOSE = fileURLToPath(new URL('../../../../compose.yaml', import.meta.url));
const STOP = new AbortController();

const range = z.string().transform((text, context) => {
  const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  if (from !== undefined && Number(from) <= Number(to)) return { from: Number(from), to: Number(to) };
  context.addIssue(`expected a seed or a range such as 1..100, got ${JSON.stringify(text)}`);
  return z.NEVER;
});
const options = z.object({
  backend: z.enum(['simulated', 'embedded', 'docker']).default('simulated'),
  seeds: range.prefault('1..100'),
  project: z.string().default('edgesync-faults'),
});
type Options = z.infer<typeof options>;

const said = (line: string) => void process.stdout.write(`${line}\n`);

/** A stage for each seed; what is shared by all ends with `close`. */
async function stagesOf({ backend, project }: Options): Promise<{ stageOf: (seed: number) => Stage; close: () => Promise<void> }> {
  const close = async () => {};
  const topology = await readTopology({ file: COMPOSE, environment: {} });
  if (backend === 'simulated') return { stageOf: (seed) => simulatedStage(topology, seed), close };
  const readFreePorts = () => readTopology({ file: COMPOSE, environment: {}, freePorts: true });
  if (backend === 'embedded') return { stageOf: () => embeddedStage(readFreePorts), close };
  const { dockerStage } = await import('../../../../lab/faults/testing/trials/docker-stage.ts');
  const { removeCluster } = await import('../../../../lab/worlds/docker/manage.ts');
  const cluster = {
    topology: await readTopology({ file: COMPOSE, environment: process.env, freePorts: true, project }),
    variables: process.env,
  };
  return { stageOf: () => dockerStage(cluster), close: async () => void (await removeCluster(cluster, true)) };
}

async function soak(given: Options): Promise<number> {
  const { stageOf, close } = await stagesOf(given);
  const ends = new Map<string, number>();
  let [tried, faults, wrong] = [0, 0, 0];
  try {
    for (let seed = given.seeds.from; seed <= given.seeds.to && !STOP.signal.aborted; seed += 1) {
      const stage = stageOf(seed);
      const { regions } = await readTopology({ file: COMPOSE, environment: {} });
      const trial = drawTrial({ seed, backend: stage.backend, regions: regions.map(({ region }) => region) });
      const outcome = await (trial.kind === 'run' ? runTrial : sessionTrial)(trial, stage);
      tried += 1;
      faults += outcome.faults;
      wrong += outcome.wrong.length > 0 ? 1 : 0;
      const end = `${trial.kind}: ${outcome.ended.replace(/ \(.*/s, '')}`;
      ends.set(end, (ends.get(end) ?? 0) + 1);
      if (outcome.wrong.length > 0 || stage.backend !== 'simulated') for (const line of linesOf(outcome)) said(printable(line));
    }
  } finally {
    await close();
  }
  said(`${tried} seeds, ${faults} faults, ${wrong} wrong`);
  for (const [end, count] of [...ends].sort(([, one], [, other]) => other - one)) said(`  ${String(count).padStart(5)}  ${end}`);
  return wrong > 0 ? EXIT.violated : EXIT.pass;
}

function linesOf({ trial, wrong, ended, faults }: TrialOutcome): readonly string[] {
  return [
    `${wrong.length > 0 ? 'WRONG' : 'ok'} seed ${trial.seed}: ${trial.kind}, ${faults} faults, ${ended}`,
    ...wrong.map((line) => `    ${line}`),
  ];
}

async function main(): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => STOP.abort());
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { backend: text, seeds: text, project: text, help: { type: 'boolean', short: 'h' } } });
    if (values.help) said(USAGE);
    else process.exitCode = await soak(options.parse(values));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    process.stderr.write(`${printableLines(why)}\n\n${USAGE}\n`);
    process.exitCode = EXIT.invalidInput;
  }
}

await main();
