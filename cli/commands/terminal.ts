/** No command: the terminal. Where there is none (a pipe, CI), `baseline` in plain lines. */
import { type Command, Option } from 'commander';
import { EXIT, exitCodeOf } from '../../lab/errors.ts';
import { didYouMean } from '../../lab/input/nearest.ts';
import { printableLines } from '../../lab/input/printable.ts';
import type { LiveEvent } from '../../lab/live/protocol.ts';
import type { Mutant } from '../../lab/mutants/mutant.ts';
import type { Topology } from '../../lab/topology/topology.ts';
import type { StartedBackend } from '../../lab/worlds/worlds.ts';
import { systemClock } from '../../services/runtime/clock.ts';
import { createRandom, drawSeed } from '../../services/runtime/random.ts';
import type { ConfigFile } from '../config-schema.ts';
import type { CliEnvironment } from '../environment.ts';
import { abandonedLines, exitCodeFor, farewell } from '../farewell.ts';
import { BUILT_IN_SCENARIOS, COMPOSE_FILE, TARGETS_FOLDER } from '../program-files.ts';
import type { Session } from '../session.ts';
import { openDisplay } from '../view/display.ts';
import type { ThemeName } from '../view/draw/theme.ts';
import type { TerminalEnded } from '../view/terminal.ts';
import { addKeepOption, addWorldOptions, readWorldTopology, resolveBackend, startWorld, type WorldOptions } from './world-options.ts';

/** How the terminal looks. */
export interface LookOptions {
  readonly color: boolean;
  readonly ascii?: boolean;
  readonly theme: ThemeName;
  readonly screenReader?: boolean;
}

export interface TerminalCommandOptions extends WorldOptions, LookOptions {
  readonly tour?: boolean;
}

/** A known bug that the world has, for somebody to find, and the command that hides the same one again. */
export interface HiddenBug {
  readonly mutant: Mutant;
  readonly again: string;
}

/** What the services said last: printed when their process ended by itself. */
const LOG_LINES_MAX = 20;

const THEME_NAMES: readonly ThemeName[] = ['dark', 'light', 'colour-blind'];

export interface TerminalSetting {
  /** Of every command, for whoever asked for one there is not. */
  readonly names: readonly string[];
  readonly config: ConfigFile;
}

export function addTerminalCommand(program: Command, session: Session, { names, config }: TerminalSetting): void {
  addLookOptions(addKeepOption(addWorldOptions(program)))
    .addOption(new Option('--tour', 'in the terminal: begin with the guided tour').env('EDGESYNC_TOUR'))
    .action(async (options: TerminalCommandOptions) => {
      if (program.args.length > 0) {
        const [word = ''] = program.args;
        program.error(`error: no command ${JSON.stringify(word)}; there are ${names.join(', ')}${didYouMean(word, names)}`);
      }
      if (isInteractive(session.environment)) await runTerminal(options, session, config);
      else {
        const { runAll } = await import('./run.ts');
        session.exitWith(await runAll(['baseline'], options, session));
      }
    });
}

export function addLookOptions(command: Command): Command {
  return command
    .addOption(new Option('--no-color', 'in the terminal: no colours; NO_COLOR does the same'))
    .addOption(
      new Option('--ascii', 'in the terminal: only ASCII; this is the default where the locale is not UTF-8').env('EDGESYNC_ASCII'),
    )
    .addOption(new Option('--theme <name>', 'in the terminal: its colours').choices(THEME_NAMES).default('dark').env('EDGESYNC_THEME'))
    .addOption(new Option('--screen-reader', 'in the terminal: a line for each event instead of a picture').env('EDGESYNC_SCREEN_READER'));
}

export function isInteractive({ stdin, stdout, variables }: CliEnvironment): boolean {
  const isCi = (variables['CI'] ?? '') !== '' && variables['CI'] !== 'false';
  return stdin.isTTY && stdout.isTTY && !isCi && variables['TERM'] !== 'dumb';
}

/** Bad configuration is told before the screen is taken. */
export async function runTerminal(
  options: TerminalCommandOptions,
  session: Session,
  config: ConfigFile,
  hidden?: HiddenBug,
): Promise<void> {
  const { environment } = session;
  const logLines: string[] = [];
  try {
    const read = () => readWorldTopology(options, environment);
    // The one that comes with the program is right, and reading it can wait for the first frame.
    const topology = options.compose === COMPOSE_FILE ? undefined : await read();
    const release = session.output.hold();
    const readTopology = async () => topology ?? read();
    const ended = await show({ options, readTopology, session, config, logLines, hidden }).finally(release);
    const columns = environment.stdout.columns;
    for (const line of farewell(ended, { project: options.project, hidden, columns })) session.output.line(line);
    const { lost } = ended.state;
    if (lost !== undefined) for (const line of [...logLines, lost.why]) session.output.note(printableLines(line));
    session.exitWith(exitCodeFor(ended));
    // What was left behind may keep the process: a second Ctrl-C means now.
    if (ended.by === 'abandoned') session.leave();
  } catch (error) {
    session.output.note(printableLines(error instanceof Error ? error.message : String(error)));
    session.exitWith(exitCodeOf(error));
  }
}

interface ShowOptions {
  readonly options: TerminalCommandOptions;
  readonly readTopology: () => Promise<Topology>;
  readonly session: Session;
  readonly config: ConfigFile;
  readonly logLines: string[];
  readonly hidden: HiddenBug | undefined;
}

async function show({ options, readTopology, session, config, logLines, hidden }: ShowOptions): Promise<TerminalEnded> {
  const [{ openTerminal }, { colourDepthOf }, { createTheme }, { isAsciiLocale }] = await Promise.all([
    import('../view/terminal.ts'),
    import('../view/draw/ansi.ts'),
    import('../view/draw/theme.ts'),
    import('../view/locale.ts'),
  ]);
  const { environment, signal } = session;
  const { stdin, stdout, variables } = environment;
  const noColor = !options.color || (variables['NO_COLOR'] ?? '') !== '';
  let backend: StartedBackend | undefined;
  const onLogLine = (line: string) => void (logLines.push(line) > LOG_LINES_MAX && logLines.shift());
  const terminal = openTerminal({
    stdin,
    stdout,
    display: openDisplay({ stdout, outlet: session.outlets.stdout, variables }),
    theme: createTheme({ name: options.theme, noColor, ascii: options.ascii ?? isAsciiLocale(variables), colours: config.colours }),
    depth: colourDepthOf(stdout, variables),
    ownKeys: config.keys,
    withTour: options.tour ?? false,
    isSpoken: options.screenReader ?? (variables['INK_SCREEN_READER'] ?? '') !== '',
    clock: systemClock,
    startLab: async (onEvent, startedMs) => {
      const { startLiveLab } = await import('../../lab/live/start-live-lab.ts');
      return startLiveLab({
        // After the first frame: looking for an engine loads what takes longer than the frame.
        startWorld: async (onStep, stop) => {
          const topology = await readTopology();
          const note = (step: string) => onStep({ step, elapsedMs: 0 });
          backend = await resolveBackend({ options, topology, environment, note });
          return startWorld({ options, backend, topology, environment, onStep, signal: stop, onLogLine, mutant: hidden?.mutant.name });
        },
        clock: systemClock,
        catalogue: { files: BUILT_IN_SCENARIOS, version: session.version, topology: readTopology },
        targets: { folder: TARGETS_FOLDER, variables },
        hidden,
        random: createRandom(drawSeed()),
        onEvent: (event) => onEvent(withTyped(event, session.output.typed)),
        startedMs,
      });
    },
    signal,
  });
  // The screen is put back first: what is written before is lost with it.
  const { stderr } = session.outlets;
  const sayLeft = () => {
    const { project } = options;
    for (const line of abandonedLines({ left: terminal.abandon(), backend, project })) stderr.write(`${session.output.typed(line)}\n`);
  };
  session.onAbandon(sayLeft);
  process.once('uncaughtException', (error) => {
    sayLeft();
    stderr.write(`edgesync-lab failed: ${error.stack ?? String(error)}\n`);
    session.leave(EXIT.failed);
  });
  return terminal.ended;
}

/** Commands that run something again, as the program was started. */
function withTyped(event: LiveEvent, typed: (text: string) => string): LiveEvent {
  if (event.type === 'mystery' && event.mystery.answer?.witness !== undefined) {
    const { answer } = event.mystery;
    const witness = { ...event.mystery.answer.witness, again: typed(event.mystery.answer.witness.again) };
    return { ...event, mystery: { ...event.mystery, answer: { ...answer, witness } } };
  }
  if (event.type !== 'run-said' || event.event.type !== 'Summary') return event;
  return { ...event, event: { ...event.event, reproduce: typed(event.event.reproduce) } };
}
