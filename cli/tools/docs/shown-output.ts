/**
 * Commands of a page with what they print: blocks of `console`. A command stands behind `$ `, its standard output below
 * it. A line of `…` stands for any lines; `echo $?` prints the exit code of the command before it.
 */

export interface Printed {
  readonly code: number | null;
  readonly stdout: string;
}

/**
 * Runs the words behind the name of the program, with the variables by which it knows how it was started. undefined: it
 * cannot run here.
 */
export type Print = (words: readonly string[], variables: Readonly<Record<string, string>>) => Promise<Printed | undefined>;

interface Step {
  readonly command: string;
  readonly output: readonly string[];
}

const BLOCK = /^```console\n(.*?)^```$/gms;
const ANY_LINES = '…';
const LAST_CODE = 'echo $?';
const STARTS = [
  {
    begins: /^npm start (?:--silent )?-- /,
    variables: { npm_command: 'run-script', npm_lifecycle_event: 'start', npm_package_name: 'edgesync-lab' },
  },
  { begins: /^npx edgesync-lab /, variables: { npm_command: 'exec' } },
];

/** The commands of all blocks of a page. */
export function shownCommands(page: string): readonly string[] {
  return [...page.matchAll(BLOCK)].flatMap(([, text = '']) => stepsOf(text)).map(({ command }) => command);
}

/**
 * The page with the output of each command as it is printed now. Output that agrees with what is shown stays, with its
 * `…`.
 */
export async function withOutput(page: string, print: Print): Promise<string> {
  const blocks: string[] = [];
  for (const [, inside = ''] of page.matchAll(BLOCK)) blocks.push(await anew(inside, print));
  return page.replaceAll(BLOCK, () => `\`\`\`console\n${blocks.shift()}\`\`\``);
}

async function anew(block: string, print: Print): Promise<string> {
  const lines: string[] = [];
  let last: Printed | undefined;
  for (const { command, output } of stepsOf(block)) {
    last = command === LAST_CODE ? last && { ...last, stdout: `${last.code}\n` } : await run(command, print);
    const now = last?.stdout.trimEnd().split('\n') ?? output;
    lines.push(`$ ${command}`, ...(agrees(output, now) ? output : now));
  }
  return `${lines.join('\n')}\n`;
}

function run(command: string, print: Print): Promise<Printed | undefined> {
  const start = STARTS.find(({ begins }) => begins.test(command));
  if (start === undefined) throw new Error(`expected npm start -- …, npx edgesync-lab … or ${LAST_CODE}, got ${command}`);
  return print(command.replace(start.begins, '').split(' '), start.variables);
}

function stepsOf(block: string): readonly Step[] {
  const [before = '', ...steps] = block.trimEnd().split(/^\$ /m);
  if (before !== '' || steps.length === 0) throw new Error(`expected a block of console to begin with a command, got ${block}`);
  return steps.map((step) => {
    const [command = '', ...output] = step.trimEnd().split('\n');
    return { command, output };
  });
}

/** Each part between two `…` is found behind the part before it, the first at the beginning, the last at the end. */
export function agrees(shown: readonly string[], printed: readonly string[]): boolean {
  const parts = shown.join('\n').split(new RegExp(`(?:^|\\n)${ANY_LINES}(?:\\n|$)`));
  const all = printed.join('\n');
  if (parts.length === 1) return all === parts[0];
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (!all.startsWith(first) || !all.endsWith(last)) return false;
  let from = first.length;
  for (const part of parts.slice(1)) {
    const at = all.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
