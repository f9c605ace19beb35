/** Blocks of commands with their output: how they are read, and written anew. */
import { describe, expect, it } from 'vitest';
import { agrees, type Print, shownCommands, withOutput } from './shown-output.ts';

const page = (...lines: readonly string[]) => `before\n\n\`\`\`console\n${lines.join('\n')}\n\`\`\`\n\nafter\n`;
/** Prints its words, and who started it; ends with 3. */
const echo: Print = async (words, { npm_command: by = '' }) => ({ code: 3, stdout: `${by}\n${words.join(' ')}\n` });

describe('a block of console', () => {
  it('that shows what is printed stays', async () => {
    const right = page(
      '$ npm start -- list faults',
      'run-script',
      'list faults',
      '$ echo $?',
      '3',
      '$ npx edgesync-lab run a',
      '…',
      'run a',
    );
    expect(shownCommands(right)).toEqual(['npm start -- list faults', 'echo $?', 'npx edgesync-lab run a']);
    expect(await withOutput(right, echo)).toBe(right);
  });

  it('that shows something else is written anew, $ and all', async () => {
    const dollars: Print = async () => ({ code: 0, stdout: "$& $' $1\n" });
    expect(await withOutput(page('$ npx edgesync-lab list', 'old', '$ echo $?', '7'), dollars)).toBe(
      page('$ npx edgesync-lab list', "$& $' $1", '$ echo $?', '0'),
    );
  });

  it('that cannot be run here stays', async () => {
    const shown = page('$ npx edgesync-lab races rare', 'ok', '$ echo $?', '0');
    expect(await withOutput(shown, async () => undefined)).toBe(shown);
  });

  it.each([
    ['without a command', 'list faults'],
    ['with the command of somebody else', '$ ls'],
  ])('%s is refused', async (_, line) => {
    await expect(withOutput(page(line), echo)).rejects.toThrow('expected');
  });
});

describe('output', () => {
  it.each([
    [['a', 'b'], ['a', 'b'], true],
    [['a'], ['a', 'b'], false],
    [['a', '…'], ['a', 'b', 'c'], true],
    [['…', 'c'], ['a', 'b', 'c'], true],
    [['…', 'b'], ['a', 'b', 'c'], false],
    [['b', '…'], ['a', 'b'], false],
    [['a', '…', 'b', '…', 'c'], ['a', 'x', 'b', 'y', 'c'], true],
    [['a', '…', 'c', '…', 'b', '…'], ['a', 'b', 'c'], false],
    [['…'], ['a'], true],
  ])('%j of %j: %s', (shown, printed, isSo) => {
    expect(agrees(shown, printed)).toBe(isSo);
  });
});
