/** `completion bash|zsh|fish`: a script on standard output that completes commands, options and known words. */
import { Argument, type Command } from 'commander';
import { FAULTS } from '../../lab/faults/faults.ts';
import { MUTANTS } from '../../lab/mutants/mutants.ts';
import { RACES } from '../../lab/races/races.ts';
import { presetNames } from '../../lab/targets/targets.ts';
import { completionScript, SHELLS, type Shell } from '../completion/scripts.ts';
import { completionTable, type KnownWords, type Word } from '../completion/table.ts';
import { BUILT_IN_SCENARIOS, TARGETS_FOLDER } from '../program-files.ts';
import type { Session } from '../session.ts';

/** Its table is of every command: all of them must have been added to the program. */
export function addCompletionCommand(program: Command, session: Session): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and names in a shell: source <(edgesync-lab completion bash)')
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).choices(SHELLS))
    .action(async (shell: Shell) => {
      session.output.line(completionScript(shell, completionTable(program, await knownWords())));
    });
}

async function knownWords(): Promise<KnownWords> {
  const targets = (await presetNames(TARGETS_FOLDER)).map((word) => ({ word }));
  return {
    arguments: {
      scenario: [...BUILT_IN_SCENARIOS.keys()].map((word) => ({ word })),
      targets,
      fault: toWords([...FAULTS.values()]),
    },
    options: { target: targets, mutant: toWords(MUTANTS), race: toWords(RACES) },
  };
}

function toWords(named: readonly { readonly name: string; readonly about: string }[]): readonly Word[] {
  return named.map(({ name, about }) => ({ word: name, about }));
}
