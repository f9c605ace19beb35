/** The scenarios a session can run: what the list shows of each, and the files they are read from. */
import { InvalidInput } from '../errors.ts';
import { readScenario, type Scenario } from '../scenarios/scenario.ts';
import type { SimulatedTopology } from '../sim/regions.ts';
import type { ScenarioCard } from './protocol.ts';

export interface Catalogue {
  /** By name: the file each is read from, when it is asked for. */
  readonly files: ReadonlyMap<string, string>;
  /** Of the program: told by the runs. */
  readonly version: string;
  /** What the simulated world is made of. */
  readonly topology: () => Promise<SimulatedTopology>;
}

/** Throws InvalidInput for what there is not, or cannot be read. */
export async function readFrom({ files }: Catalogue, id: string): Promise<Scenario> {
  const file = files.get(id);
  if (file === undefined) throw new InvalidInput(`expected a scenario (${[...files.keys()].join(', ')}), got ${id}`);
  return readScenario(file);
}

/** `check` throws InvalidInput for one that cannot run where it is to run. */
export async function cardsOf({ files }: Catalogue, check: (scenario: Scenario) => void): Promise<readonly ScenarioCard[]> {
  const scenarios = await Promise.all([...files.values()].map(readScenario));
  return scenarios.map((scenario) => {
    const refused = refusalOf(scenario, check);
    return { ...cardOf(scenario), ...(refused === undefined ? {} : { refused }) };
  });
}

const PLACE = /^\S+\.ya?ml:\d+: /gm;

/** What is wrong with it, without where it stands in its file. */
function refusalOf(scenario: Scenario, check: (scenario: Scenario) => void): string | undefined {
  try {
    check(scenario);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return error.message.replaceAll(PLACE, '');
    throw error;
  }
}

function cardOf({ id, title, description, workload }: Scenario): ScenarioCard {
  return { id, title, description, durationMs: workload.duration };
}
