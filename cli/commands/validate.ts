/** `validate <file> …`: checks scenario files; opens no connection, starts nothing. */
import type { Command } from 'commander';
import { exitCodeOf, InvalidInput } from '../../lab/errors.ts';
import { printable, printableLines } from '../../lab/input/printable.ts';
import { readScenario } from '../../lab/scenarios/scenario.ts';
import type { Session } from '../session.ts';

export function addValidateCommand(program: Command, session: Session): void {
  program
    .command('validate')
    .description('check scenario files without starting anything')
    .argument('<file...>', 'scenario files')
    .action(async (files: string[]) => {
      for (const file of files) {
        try {
          const { title, method } = await readScenario(file);
          session.output.line(printable(`${file}: ok (${title}; ${countOf(method.length, 'fault')})`));
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          session.output.note(printableLines(error.message));
          session.exitWith(exitCodeOf(error));
        }
      }
    });
}

function countOf(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
}
