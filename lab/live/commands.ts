/** The commands of a world to play with: one row each, with what it says and what is done for it. */
import type { z } from 'zod';
import { InvalidInput } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type { Experiments } from './experiments.ts';
import type { Mystery } from './mystery.ts';
import type { PlayedRaces } from './played-races.ts';
import { COMMANDS, type CommandName, type Commands, type LiveEvent, type Told, type Tone } from './protocol.ts';
import type { RegionSettings } from './region-settings.ts';
import type { ScenarioRuns } from './scenario-runs.ts';
import type { SteadyLoad } from './steady-load.ts';

/** What commands act on. */
export interface Commanded {
  readonly session: Session;
  readonly load: SteadyLoad;
  readonly runs: ScenarioRuns;
  readonly experiments: Experiments;
  readonly settings: RegionSettings;
  readonly races: PlayedRaces;
  /** undefined: nothing is hidden in this world. */
  readonly mystery: Mystery | undefined;
  readonly tell: (event: Told<LiveEvent>) => void;
  readonly note: (tone: Tone, text: string) => void;
}

interface CommandRow<Name extends CommandName> {
  readonly schema: z.ZodType<Commands[Name]>;
  /** Done while a scenario runs, too; what is not is refused until its end. */
  readonly worksDuringRuns?: true;
  /** Resolves when it is done. Rejects with InvalidInput for what cannot be. */
  readonly act: (on: Commanded, command: Commands[Name]) => Promise<void> | void;
}

const MS_PER_S = 1_000;

export const COMMAND_ROWS: { readonly [Name in CommandName]: CommandRow<Name> } = {
  write: {
    schema: COMMANDS.write,
    act: async ({ load, tell, note }, { count }) => {
      const written = await load.write(count);
      tell({ type: 'written', writes: written });
      const [first] = written;
      note(
        'info',
        written.length === 1 ? `${first?.key} is version ${first?.version} at the origin` : `${written.length} writes at the origin`,
      );
    },
  },
  inject: {
    schema: COMMANDS.inject,
    act: async ({ session }, { fault, target, parameters = {}, forMs }) => {
      await session.inject({ fault, target, parameters }, { forMs });
    },
  },
  heal: { schema: COMMANDS.heal, act: ({ session }, { id }) => session.faults.heal(id) },
  'heal-all': { schema: COMMANDS['heal-all'], act: async ({ session }) => void (await session.faults.healAll()) },
  configure: { schema: COMMANDS.configure, act: ({ settings }, command) => settings.change(command) },
  load: {
    schema: COMMANDS.load,
    act: ({ load, tell, note }, { do: _, ...rates }) => {
      load.change(rates);
      tell({ type: 'load', rates: load.rates });
      note('info', `load: ${load.rates.readsPerSecond} reads/s, ${load.rates.writesPerSecond} writes/s`);
    },
  },
  trace: { schema: COMMANDS.trace, act: ({ experiments }, { id }) => experiments.trace(id) },
  'list-scenarios': { schema: COMMANDS['list-scenarios'], act: ({ runs }) => runs.list() },
  run: { schema: COMMANDS.run, act: ({ runs, experiments }, { scenario }) => runs.begin(scenario, experiments.underWay) },
  'abort-run': { schema: COMMANDS['abort-run'], worksDuringRuns: true, act: ({ runs }) => runs.abort() },
  'save-run': { schema: COMMANDS['save-run'], act: ({ runs }) => runs.save() },
  race: { schema: COMMANDS.race, act: ({ experiments }) => experiments.race() },
  'stood-still': {
    schema: COMMANDS['stood-still'],
    worksDuringRuns: true,
    act: async ({ session, note }, { ms }) => {
      await session.healDue();
      note('warning', `the lab stood still for ${Math.round(ms / MS_PER_S)} s: nothing was healed, written or read in that time`);
    },
  },
  stampede: { schema: COMMANDS.stampede, act: ({ experiments }, command) => experiments.stampede(command) },
  guess: { schema: COMMANDS.guess, worksDuringRuns: true, act: ({ mystery }, { name }) => asked(mystery).guess(name) },
  'give-up': { schema: COMMANDS['give-up'], worksDuringRuns: true, act: ({ mystery }) => asked(mystery).giveUp() },
  'list-races': { schema: COMMANDS['list-races'], act: ({ races }) => races.list() },
  'play-race': { schema: COMMANDS['play-race'], act: ({ races }, command) => races.play(command) },
  'next-turn': { schema: COMMANDS['next-turn'], worksDuringRuns: true, act: ({ races }) => races.next() },
  'finish-race': { schema: COMMANDS['finish-race'], worksDuringRuns: true, act: ({ races }) => races.finish() },
  'stop-race': { schema: COMMANDS['stop-race'], worksDuringRuns: true, act: ({ races }) => races.stop() },
};

function asked(mystery: Mystery | undefined): Mystery {
  if (mystery === undefined) throw new InvalidInput('no bug is hidden in this world: edgesync-lab mystery starts a world with a bug');
  return mystery;
}

/** Rejects with InvalidInput for what cannot be, now or at all. */
export async function execute<Name extends CommandName>(name: Name, command: Commands[Name], on: Commanded): Promise<void> {
  const { worksDuringRuns = false, act } = COMMAND_ROWS[name];
  if (on.runs.isRunning && !worksDuringRuns) throw new InvalidInput('a scenario runs: other commands wait until its end');
  await act(on, command);
}
