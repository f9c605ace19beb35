/** The table of completions as a script for a shell. Each script stands alone: a press of Tab starts no program. */
import type { CompletedCommand, CompletedOption, Expected } from './table.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const NAME = 'edgesync-lab';
const FUNCTION = '_edgesync_lab';
const ABOUT_LENGTH_MAX = 72;

export function completionScript(shell: Shell, table: readonly CompletedCommand[]): string {
  if (shell === 'fish') return fishScript(table);
  return shell === 'bash' ? bashScript(table) : `${ZSH_FIRST}\n${bashScript(table)}`;
}

/** zsh takes completions of bash, once it has its own. */
const ZSH_FIRST = `(( $+functions[compdef] )) || { autoload -U compinit && compinit }
autoload -U +X bashcompinit && bashcompinit`;

/** In single quotes, for bash and zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function bashScript(table: readonly CompletedCommand[]): string {
  const names = table.flatMap(({ name }) => (name === '' ? [] : [name]));
  const values = table.flatMap((command) => command.options.flatMap((option) => bashValue(command, option)));
  return `${FUNCTION}() {
  local at command='' words='' place='' IFS=$'\\n'
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in ${names.join('|')}) command=\${COMP_WORDS[at]}; break ;; esac
  done
  case "$command $previous" in
${values.join('\n')}
    *)
      case "$command $current" in
${table.flatMap(bashWords).join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$place" ]; then
    COMPREPLY+=($(compgen -A "$place" -- "$current"))
    type compopt >/dev/null 2>&1 && compopt -o filenames
  fi
}
complete -F ${FUNCTION} ${NAME}`;
}

const BASH_PLACES = { file: 'file', folder: 'directory' } as const;

function bashExpected({ words, place }: Expected): string {
  const said = `words=${quoted(words.map(({ word }) => word).join('\n'))}`;
  return place === undefined ? said : `${said} place=${BASH_PLACES[place]}`;
}

function bashValue({ name }: CompletedCommand, { flags, value }: CompletedOption): readonly string[] {
  return value === undefined ? [] : [`    ${flags.map((flag) => quoted(`${name} ${flag}`)).join('|')}) ${bashExpected(value)} ;;`];
}

/** Options are offered where a dash stands. */
function bashWords({ name, options, argument }: CompletedCommand): readonly string[] {
  const flags = options.flatMap((option) => option.flags).map((word) => ({ word }));
  return [
    `        ${quoted(`${name} -`)}*) ${bashExpected({ words: flags })} ;;`,
    `        ${quoted(`${name} `)}*) ${bashExpected(argument)} ;;`,
  ];
}

function fishScript(table: readonly CompletedCommand[]): string {
  return [`complete -c ${NAME} -f`, ...table.flatMap(fishLines)].join('\n');
}

function fishLines(command: CompletedCommand): readonly string[] {
  const { name, options, argument } = command;
  const when = name === '' ? '__fish_use_subcommand' : fishQuoted(`__fish_seen_subcommand_from ${name}`);
  const line = (...parts: readonly string[]) => [`complete -c ${NAME} -n ${when}`, ...parts].join(' ');
  return [
    ...argument.words.map(({ word, about }) => line(`-a ${fishQuoted(word)}`, ...fishAbout(about))),
    ...(argument.place === undefined ? [] : [line(FISH_PLACES[argument.place])]),
    ...options.map((option) => line(...option.flags.map(fishFlag), ...fishValue(option.value), ...fishAbout(option.about))),
  ];
}

const FISH_PLACES = { file: '-F', folder: `-a '(__fish_complete_directories)'` } as const;

function fishFlag(flag: string): string {
  return flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
}

function fishValue(value: Expected | undefined): readonly string[] {
  if (value === undefined) return [];
  const words = value.words.length === 0 ? [] : [`-a ${fishQuoted(value.words.map(({ word }) => word).join(' '))}`];
  return value.place === 'file' ? ['-r', '-F', ...words] : ['-x', ...words, ...(value.place === 'folder' ? [FISH_PLACES.folder] : [])];
}

function fishAbout(about: string | undefined): readonly string[] {
  if (about === undefined || about === '') return [];
  return [`-d ${fishQuoted(about.length > ABOUT_LENGTH_MAX ? `${about.slice(0, ABOUT_LENGTH_MAX - 1)}…` : about)}`];
}

function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
