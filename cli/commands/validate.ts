/** `validate <file> …`: checks scenario and target files; opens no connection, starts nothing. */

import type { Command } from 'commander';
import { exitCodeOf, InvalidInput } from '../../lab/errors.ts';
import { plural } from '../../lab/input/plural.ts';
import { printable, printableLines } from '../../lab/input/printable.ts';
import { readSource } from '../../lab/input/yaml-source.ts';
import { readScenario } from '../../lab/scenarios/scenario.ts';
import { isMeantAsTarget, parseTarget } from '../../lab/targets/target.ts';
import type { Session } from '../session.ts';

export function addValidateCommand(program: Command, session: Session): void {
  program
    .command('validate')
    .description('check scenario and target files without starting anything')
    .argument('<file...>', 'scenario or target files')
    .action(async (files: string[]) => {
      for (const file of files) {
        try {
          session.output.line(printable(`${file}: ok (${await summaryOf(file)})`));
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          session.output.note(printableLines(error.message));
          session.exitWith(exitCodeOf(error));
        }
      }
    });
}

/** Throws InvalidInput. */
async function summaryOf(file: string): Promise<string> {
  const text = await readSource(file);
  if (isMeantAsTarget(text, file)) {
    const { about, purges } = parseTarget(text, file);
    return `${about}; ${countOf(purges.length, 'purge')}`;
  }
  const { title, method } = await readScenario(file);
  return `${title}; ${countOf(method.length, 'fault')}`;
}

function countOf(count: number, what: string): string {
  return count === 0 ? `no ${what}s` : plural(count, what);
}
