/** The tables of the program: commands, options, exit codes, and the keys of the terminal. */
import type { Command, Option } from 'commander';
import { EXIT, type ExitCode, worstOf } from '../../../lab/errors.ts';
import { NO_CONFIG } from '../../config-file.ts';
import { configFileSchema } from '../../config-schema.ts';
import { createProgram } from '../../program.ts';
import { silentSession } from '../../testing/silent-session.ts';
import type { KeyBinding } from '../../view/keys/binding.ts';
import { GLOBAL } from '../../view/keys/global.ts';
import { ALL_SCREENS } from '../../view/screens/screens.ts';
import { code, toTable } from './markdown.ts';
import { fieldsOf } from './schema-fields.ts';

const EXIT_CODES: Readonly<Record<keyof typeof EXIT, string>> = {
  pass: 'pass',
  violated: 'an invariant was violated: a check found an anomaly',
  unknown: 'unknown: not enough evidence to judge',
  threshold:
    'the invariants held, and a threshold of the scenario, or a target of `load`, was missed; of `compare`: the second run is worse',
  invalidInput: 'invalid scenario, flags or configuration; nothing was started',
  interrupted: 'stopped by a signal, or by Ctrl-C in the terminal; everything was healed',
  failed: 'the lab itself or its world failed',
  notHealed: 'a fault could not be healed: what is left is listed, with the command that removes it',
};

/** The worst first: a run of several scenarios ends with the worst code. */
export function exitCodeTable(): string {
  const names = Object.keys(EXIT_CODES) as readonly (keyof typeof EXIT)[];
  const isWorse = (one: ExitCode, other: ExitCode) => worstOf([one, other]) === one;
  const ordered = names.toSorted((one, other) => (isWorse(EXIT[one], EXIT[other]) ? -1 : 1));
  return toTable([['code', 'meaning'], ...ordered.map((name) => [String(EXIT[name]), EXIT_CODES[name]])]);
}

export function keyTable(): string {
  const rowsOf = (keys: readonly KeyBinding[], where: string) =>
    keys.map(({ shown, about, name }) => [code(shown), where, about, name === undefined ? '' : code(name)]);
  const rows = [...rowsOf(GLOBAL, ''), ...ALL_SCREENS.flatMap(({ title, keys }) => rowsOf(keys, title))];
  return toTable([['key', 'where', 'what it does', 'name in the configuration file'], ...rows]);
}

/** Options that every command has, or nearly: told once. */
const HELP = ['--help', '--version'];

export async function commandTable(): Promise<string> {
  const program = await wholeProgram();
  const rows = program.commands.map((command) => [code(wordsOf(command)), command.description()]);
  return toTable([['command', 'what it does'], [code('edgesync-lab'), 'the terminal; without one, `run baseline`'], ...rows]);
}

export async function optionTable(): Promise<string> {
  const program = await wholeProgram();
  const rows = program.commands.flatMap((command) => command.options.map((option) => ({ option, of: command.name() })));
  const all = [...program.options.map((option) => ({ option, of: 'terminal' })), ...rows];
  const alike = Map.groupBy(all, ({ option }) => JSON.stringify([option.flags, option.description, option.argChoices, option.envVar]));
  const lines = [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined || HELP.includes(first.option.long ?? '')) return [];
    return [
      rowOf(
        first.option,
        same.map(({ of }) => of),
      ),
    ];
  });
  return toTable([['option', 'of', 'what it does', 'default', 'environment'], ...lines]);
}

function rowOf(option: Option, of: readonly string[]): readonly string[] {
  const { flags, description, defaultValue, defaultValueDescription, envVar, argChoices, negate } = option;
  const choices = argChoices === undefined ? '' : ` (${argChoices.map(code).join(', ')})`;
  const fallback = defaultValueDescription ?? (defaultValue === undefined || negate ? '' : code(String(defaultValue)));
  return [code(flags), of.join(', '), `${description}${choices}`, fallback, envVar === undefined ? '' : code(envVar)];
}

function wordsOf(command: Command): string {
  const words = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...words].join(' ');
}

export function configFileTable(): string {
  return toTable([['key', 'value'], ...fieldsOf(configFileSchema).map(({ path, value }) => [code(path.replaceAll('?', '')), value])]);
}

/** Every command, none of which is ever run. */
export function wholeProgram(): Promise<Command> {
  return createProgram(silentSession(['--help']), NO_CONFIG);
}
