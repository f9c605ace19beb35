/** `mystery`: in the terminal, a world with one known bug in it, for somebody to find. */
import { type Command, Option } from 'commander';
import { MUTANTS } from '../../lab/mutants/mutants.ts';
import { EMBEDDED } from '../../lab/worlds/worlds.ts';
import { createRandom, drawSeed, pick } from '../../services/runtime/random.ts';
import type { ConfigFile } from '../config-schema.ts';
import { COMPOSE_FILE } from '../program-files.ts';
import { toCommand } from '../quote.ts';
import type { Session } from '../session.ts';
import { parseSeed } from './seed-option.ts';
import { addLookOptions, isInteractive, type LookOptions, runTerminal } from './terminal.ts';
import { portsOption } from './world-options.ts';

interface MysteryOptions extends LookOptions {
  readonly seed?: number;
  readonly ports?: 'auto';
}

export function addMysteryCommand(program: Command, session: Session, config: ConfigFile): void {
  const command = program
    .command('mystery')
    .description('in the terminal: find the one unknown bug of a world; :guess names the bug, :give-up shows it')
    .addOption(
      new Option('--seed <number>', 'which bug: the same number hides the same bug; if left out, a number is drawn').argParser(parseSeed),
    )
    .addOption(portsOption());
  addLookOptions(command).action(async ({ seed = drawSeed(), ...options }: MysteryOptions) => {
    if (!isInteractive(session.environment)) program.error('error: mystery is played in a terminal, and this is not one');
    const again = toCommand(['edgesync-lab', 'mystery', '--seed', String(seed)]);
    const mutant = pick(createRandom(seed), MUTANTS);
    await runTerminal({ ...options, compose: COMPOSE_FILE, backend: EMBEDDED }, session, config, { mutant, again });
  });
}
