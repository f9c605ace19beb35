/** What may stand where on the command line, from the commands themselves. */
import type { Argument, Command, Option } from 'commander';

export interface Word {
  readonly word: string;
  readonly about?: string;
}

/** Words that are known, and what else may stand there. */
export interface Expected {
  readonly words: readonly Word[];
  readonly place?: 'file' | 'folder';
}

export interface CompletedOption {
  /** `--out`, and `-h` beside `--help`. */
  readonly flags: readonly string[];
  readonly about: string;
  /** Left out: the option has no value. */
  readonly value?: Expected;
}

export interface CompletedCommand {
  /** Empty: what stands where no command does. */
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  readonly argument: Expected;
}

/** Words of arguments by the argument's name, and of options by their long names. */
export interface KnownWords {
  readonly arguments: Readonly<Record<string, readonly Word[]>>;
  readonly options: Readonly<Record<string, readonly Word[]>>;
}

const FILES: readonly string[] = ['file', 'scenario', 'targets', 'a', 'b', 'seed|history'];
const FOLDERS: readonly string[] = ['dir'];
const HELP: CompletedOption = { flags: ['--help', '-h'], about: 'display help for command' };

/** The program itself first, then its commands in the order of the help. */
export function completionTable(program: Command, known: KnownWords): readonly CompletedCommand[] {
  const commands = program.commands.map((command) => completed(command, known));
  const names = commands.map(({ name, about }) => ({ word: name, about }));
  return [{ ...completed(program, known), name: '', argument: { words: names } }, ...commands];
}

function completed(command: Command, known: KnownWords): CompletedCommand {
  const [first] = command.registeredArguments;
  return {
    name: command.name(),
    about: command.description(),
    options: [...command.options.map((option) => toOption(option, known)), HELP],
    argument: first === undefined ? { words: [] } : toArgument(first, known),
  };
}

function toOption(option: Option, known: KnownWords): CompletedOption {
  const flags = [option.long, option.short].flatMap((flag) => flag ?? []);
  const { description: about } = option;
  if (!option.required && !option.optional) return { flags, about };
  const words = option.argChoices?.map((word) => ({ word })) ?? known.options[option.name()] ?? [];
  return { flags, about, value: { words, ...placeOf(/[<[](.+?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? '') } };
}

function toArgument(argument: Argument, known: KnownWords): Expected {
  const words = argument.argChoices?.map((word) => ({ word })) ?? known.arguments[argument.name()] ?? [];
  return { words, ...placeOf(argument.name()) };
}

function placeOf(name: string): Pick<Expected, 'place'> {
  if (FOLDERS.includes(name)) return { place: 'folder' };
  return FILES.includes(name) ? { place: 'file' } : {};
}
