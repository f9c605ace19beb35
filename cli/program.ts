/** The program: its commands, loaded when they are asked for, and what the configuration file says of their options. */
import { Command, type Option } from 'commander';
import { didYouMean } from '../lab/input/nearest.ts';
import { refuseRelative } from '../lab/input/places.ts';
import type { Problem } from '../lab/input/problems.ts';
import { addTerminalCommand } from './commands/terminal.ts';
import type { ConfigFile } from './config-schema.ts';
import type { Session } from './session.ts';
import { COMMAND_NAMES, type CommandName } from './started-as.ts';

type AddCommand = (program: Command, session: Session, config: ConfigFile) => void;

/**
 * By name, in the order of the help. Each is loaded when it is asked for, so that the terminal need not wait for all of
 * them.
 */
const COMMANDS: Readonly<Record<CommandName, () => Promise<AddCommand>>> = {
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  up: async () => (await import('./commands/up.ts')).addUpCommand,
  status: async () => (await import('./commands/status.ts')).addStatusCommand,
  down: async () => (await import('./commands/down.ts')).addDownCommand,
  heal: async () => (await import('./commands/heal.ts')).addHealCommand,
  fault: async () => (await import('./commands/fault.ts')).addFaultCommand,
  races: async () => (await import('./commands/races.ts')).addRacesCommand,
  trace: async () => (await import('./commands/trace.ts')).addTraceCommand,
  load: async () => (await import('./commands/load.ts')).addLoadCommand,
  analyze: async () => (await import('./commands/analyze.ts')).addAnalyzeCommand,
  compare: async () => (await import('./commands/compare.ts')).addCompareCommand,
  sim: async () => (await import('./commands/sim.ts')).addSimCommand,
  shrink: async () => (await import('./commands/shrink.ts')).addShrinkCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  list: async () => (await import('./commands/list.ts')).addListCommand,
  validate: async () => (await import('./commands/validate.ts')).addValidateCommand,
  schema: async () => (await import('./commands/schema.ts')).addSchemaCommand,
  mystery: async () => (await import('./commands/mystery.ts')).addMysteryCommand,
  completion: async () => (await import('./commands/completion.ts')).addCompletionCommand,
};

/**
 * Those whose names are among the words: more than are meant, never fewer. For help and for completion, which speak of
 * all, all.
 */
function namesIn(argv: readonly string[]): readonly CommandName[] {
  const isOfAll = argv.some((word) => ['help', '--help', '-h', 'completion'].includes(word));
  return isOfAll ? COMMAND_NAMES : COMMAND_NAMES.filter((name) => argv.includes(name));
}

const CHOICES = /Allowed choices are (.*)\.$/m;
const REFUSED_CHOICE = /^(error: .*?)'([^']*)'( from env '[^']*')? is invalid(?: for argument '[^']*')?\. Allowed choices are (.*)\.$/m;

function choiceText(word: string, choices: string): string {
  return `expected one of ${choices}, got ${word}${didYouMean(word, choices.split(', '))}`;
}

/** What commander says of a word that is none of the choices, in our words; of other mistakes it stays. */
function withChoices(text: string): string {
  return text.replace(REFUSED_CHOICE, (_all, start: string, word: string, fromEnv = '', choices: string) => {
    const option = /option '([^']*)'/.exec(start)?.[1];
    return `error: ${option === undefined ? '' : `${option}${fromEnv}: `}${choiceText(word, choices)}`;
  });
}

/** Throws InvalidInput with all that is wrong in the configuration file. */
export async function createProgram(session: Session, config: ConfigFile): Promise<Command> {
  const program = new Command('edgesync-lab')
    .description('A chaos lab in the terminal over a multi-region CDN: see, break and prove cache invalidation.')
    .version(session.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => session.output.line(text.trimEnd()),
      writeErr: (text) => session.output.note(text.trimEnd()),
      outputError: (text, write) => write(withChoices(text)),
    })
    .showHelpAfterError('(--help shows every command and option)');
  for (const add of await Promise.all(namesIn(session.argv).map((name) => COMMANDS[name]()))) add(program, session, config);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  // The terminal says itself what it thinks of a word that is no command.
  addTerminalCommand(program.allowExcessArguments().enablePositionalOptions(), session, { names: COMMAND_NAMES, config });
  const commands = [program, ...program.commands];
  for (const command of commands) passOverEmpty(command, session);
  if (namesCommand(program, session.argv)) for (const option of program.options) Reflect.deleteProperty(option, 'envVar');
  const problems = [...config.problems, ...commands.flatMap((command) => preset(command, config)), ...(await wrongKeys(config))];
  // An option of several commands is wrong once.
  const told = new Map(problems.map((problem) => [`${problem.path.join('.')} ${problem.message}`, problem]));
  if (told.size > 0) throw config.refusal([...told.values()]);
  return program.hook('preAction', (_program, command) => refuseRelativePlaces(command, config));
}

/** Options that say where something is, or is to go. */
const PLACES: readonly string[] = ['compose', 'out'];

/**
 * Whether the first word that is no option names a command. The environment then speaks to that command: the terminal,
 * which is the program itself, may not take what the command takes (`EDGESYNC_BACKEND=simulated`).
 */
function namesCommand(program: Command, argv: readonly string[]): boolean {
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) return program.commands.some((command) => command.name() === word);
    const option = program.options.find(({ long, short }) => word === long || word === short);
    if (option?.required === true) at += 1;
  }
  return false;
}

/** A place that the environment names with an empty word is none. */
function passOverEmpty(command: Command, { environment: { variables } }: Session): void {
  for (const option of command.options)
    if (PLACES.includes(option.attributeName()) && option.envVar !== undefined && variables[option.envVar] === '')
      Reflect.deleteProperty(option, 'envVar');
}

/**
 * What was typed is meant from where one stands; what was set once and for all must be the same place from everywhere.
 * Throws InvalidInput.
 */
function refuseRelativePlaces(command: Command, { where }: ConfigFile): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const source = command.getOptionValueSource(name);
    if (!PLACES.includes(name) || (source !== 'env' && source !== 'config')) continue;
    refuseRelative(String(command.getOptionValue(name)), source === 'env' ? String(option.envVar) : where(name));
  }
}

/** Flag and environment come before it. Answers what an option does not take. */
function preset(command: Command, { options }: ConfigFile): readonly Problem[] {
  return command.options.flatMap((option) => {
    const name = option.long?.replace(/^--(no-)?/, '') ?? '';
    const value = options.get(name);
    if (value === undefined) return [];
    try {
      command.setOptionValueWithSource(option.attributeName(), parsedBy(option, value), 'config');
      return [];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [{ path: [name], message: message.replace(CHOICES, (_all, choices: string) => choiceText(String(value), choices)) }];
    }
  });
}

/** Keys that the terminal cannot have so. */
async function wrongKeys({ keys }: ConfigFile): Promise<readonly Problem[]> {
  if (keys.size === 0) return [];
  const { rebound } = await import('./view/keys/rebound.ts');
  const found = rebound(keys);
  return 'problems' in found ? found.problems.map(({ name, problem }) => ({ path: ['keys', name], message: problem })) : [];
}

/** As the same words on the command line would be. */
function parsedBy(option: Option, value: string | boolean): unknown {
  return typeof value === 'boolean' || option.parseArg === undefined ? value : option.parseArg(value, undefined);
}
