/**
 * What undoes a breakage of a container: without harm where it is undone already, and where somebody else is just
 * undoing it.
 */
import type { Undo } from '../../journal/journal.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';

type Mending = Pick<Engine, 'container' | 'connect' | 'unpause'>;

export async function reconnect(engine: Mending, { container, network, endpoint }: Extract<Undo, { do: 'reconnect' }>): Promise<void> {
  const isApart = ({ networks }: ContainerFacts) => !networks.has(network);
  await mendWhere({ engine, container, isBroken: isApart, mend: () => engine.connect(container, endpoint) });
}

export async function resume(engine: Mending, container: string): Promise<void> {
  await mendWhere({ engine, container, isBroken: ({ state }) => state === 'paused', mend: () => engine.unpause(container) });
}

interface MendOptions {
  readonly engine: Mending;
  readonly container: string;
  readonly isBroken: (facts: ContainerFacts) => boolean;
  readonly mend: () => Promise<void>;
}

/** What is no longer there needs nothing. */
async function mendWhere({ engine, container, isBroken, mend }: MendOptions): Promise<void> {
  const stillIs = async () => {
    const facts = await engine.container(container);
    return facts !== undefined && isBroken(facts);
  };
  if (!(await stillIs())) return;
  try {
    await mend();
  } catch (error) {
    if (await stillIs()) throw error;
  }
}
