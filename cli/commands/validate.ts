/** `validate <file> …`: checks scenario files; opens no connection, starts nothing. */
import type { Command } from 'commander';
import { exitCodeOf, InvalidInput } from '../../lab/errors.ts';
import { printable } from '../../lab/printable.ts';
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
          const { title } = await readScenario(file);
          session.output.line(printable(`${file}: ok (${title})`));
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          session.output.note(printable(error.message));
          session.exitWith(exitCodeOf(error));
        }
      }
    });
}
