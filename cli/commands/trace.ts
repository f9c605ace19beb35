/** `trace <key>`: one write through its ten steps, in a world of its own, with the time of each. */
import { type Command, Option } from 'commander';
import { EXIT, WorldFailed } from '../../lab/errors.ts';
import { table } from '../../lab/outputs/lines.ts';
import { parseTraceKey, TRACE_GRACE_MS, traceWrite } from '../../lab/trace/trace.ts';
import { clocksText } from '../../lab/trace/trace-clocks.ts';
import type { Trace, TraceServed, TraceStep } from '../../lab/trace/trace-schema.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import type { Releasers } from '../../services/runtime/releasers.ts';
import type { Session } from '../session.ts';
import { orFailReleasing } from './failed.ts';
import { openWorld } from './open-world.ts';
import { addKeepOption, addWorldOptions, type WorldOptions } from './world-options.ts';

interface TraceCommandOptions extends WorldOptions {
  readonly json?: boolean;
}

const NOT_SEEN = '-';

export function addTraceCommand(program: Command, session: Session): void {
  const command = program
    .command('trace')
    .description('follow one write through its ten steps, with the time of each in every region')
    .argument('<key>', 'an existing content: 1, or content:1')
    .addOption(new Option('--json', 'one JSON object on standard output').env('EDGESYNC_JSON'));
  addKeepOption(addWorldOptions(command)).action((key: string, options: TraceCommandOptions) =>
    orFailReleasing(session, async (releasers) => {
      const trace = await startAndTrace(key, options, session, releasers);
      if (options.json) session.output.line(JSON.stringify(trace));
      else for (const line of toLines(trace)) session.output.line(line);
      if (!trace.complete) session.output.note(whatIsMissing(trace));
      session.exitWith(trace.complete ? EXIT.pass : session.signal.aborted ? EXIT.interrupted : EXIT.failed);
    }),
  );
}

/** A world that is lost ends the trace as Ctrl-C does: as far as it got. */
async function startAndTrace(key: string, options: TraceCommandOptions, session: Session, releasers: Releasers): Promise<Trace> {
  const { output } = session;
  const id = parseTraceKey(key);
  const { world, clients } = await openWorld({ options, session, releasers });
  const lost = new AbortController();
  let isOver = false;
  void world.lost.then((why) => {
    if (!isOver) output.note(why);
    lost.abort(new WorldFailed(why));
  });
  const signal = AbortSignal.any([session.signal, lost.signal]);
  const onWritten = (version: number) => output.note(`version ${version} is written, following this write`);
  try {
    return await traceWrite({ world, clients, clock: systemClock, id, signal, onWritten });
  } finally {
    isOver = true;
  }
}

function toLines({ key, version, event, answeredMs, steps, clocks, served, verdict, reason }: Trace): string[] {
  const regions = served.map(({ region }) => region);
  const width = Math.max(...steps.map(({ name }) => name.length));
  const rows = steps.map((step) => [
    `${String(step.step).padStart(2)}  ${step.name.padEnd(width)}  ${step.file}`,
    ...timesOf(step, regions),
  ]);
  return [
    `${key} at version ${version}: the PUT was answered after ${answeredMs} ms, its event is ${event ?? 'not seen'}`,
    ...table([['ms since the PUT was sent', 'once', ...regions], ...rows]),
    `${verdict}: ${reason}`,
    `served: ${served.map(toAnswers).join(' · ')}`,
    ...clocksText(clocks),
  ];
}

function timesOf({ ms, regions }: TraceStep, names: readonly string[]): string[] {
  const cell = (value: number | null | undefined) => (value === undefined ? '' : value === null ? NOT_SEEN : String(value));
  return [cell(ms), ...names.map((region) => cell(regions?.[region]))];
}

/** `eu-west 1, 1 stale at 302, 2 at 309`: versions, with the ms since the PUT. */
function toAnswers({ region, answers }: TraceServed): string {
  const words = answers.map(({ ms, version, status, source }, at) =>
    [version, status === 'stale' ? ' stale' : '', source === 'origin' ? ' from the origin' : '', at === 0 ? '' : ` at ${ms}`].join(''),
  );
  return `${region} ${words.join(', ') || 'nothing'}`;
}

function whatIsMissing({ steps }: Trace): string {
  const missing = steps.flatMap(({ step, name, ms, regions = {} }) => {
    const where = Object.keys(regions).filter((region) => regions[region] === null);
    if (ms !== null && where.length === 0) return [];
    return [`${step} ${name}${where.length === 0 ? '' : ` in ${where.join(', ')}`}`];
  });
  return `not seen (each step has ${TRACE_GRACE_MS} ms beyond its region's delay): ${missing.join('; ')}`;
}
