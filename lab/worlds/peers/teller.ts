/**
 * Tells an application of the user's own of a write, which purges its cache by its own code: by a request, or by
 * running a program.
 */
import { contentIdOf } from '../../../services/protocol/content.ts';
import { filled } from '../../../services/protocol/purge-ways.ts';
import type { Purge } from '../../../services/purger/requests.ts';
import { type Asker, NoAnswer } from '../../../services/runtime/asker.ts';
import type { Clock } from '../../../services/runtime/clock.ts';
import { inTime } from '../../../services/runtime/deadline.ts';
import { Semaphore } from '../../../services/runtime/semaphore.ts';
import type { Telling } from '../../targets/tell.ts';
import { pathOf } from './program.ts';
import { ProgramLife } from './program-life.ts';

export interface TellerOptions {
  readonly region: string;
  /** Of its cache. */
  readonly cacheUrl: string;
  readonly asker: Pick<Asker, 'ask'>;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Whoever has not answered by then has not purged. */
  readonly deadlineMs: number;
}

/** `isTaken`: it says that it has purged. */
export interface Told {
  readonly isTaken: boolean;
  /** `POST http://127.0.0.1:3000/purged: 204`. */
  readonly text: string;
}

export interface Teller {
  /** Throws NoAnswer. */
  tell(purge: Purge): Promise<Told>;
  /** Ends the programs that run. */
  close(): Promise<void>;
}

export function openTeller(telling: Telling, options: TellerOptions): Teller {
  return telling.command === undefined ? webhookTeller(telling.webhook, options) : commandTeller(telling.command, options);
}

const NO_ID = '';
/** Programs of a command: a stop of some seconds leaves many writes that are due at once. */
const AT_ONCE_MAX = 8;

function webhookTeller(webhook: string, { region, cacheUrl, asker, deadlineMs }: TellerOptions): Teller {
  const url = filled(webhook, { port: new URL(cacheUrl).port });
  const tell = async (purge: Purge): Promise<Told> => {
    const { type, target, mode } = purge;
    const told = { region, cache: cacheUrl, type, target, mode, ...(idOf(purge) === NO_ID ? {} : { id: Number(idOf(purge)) }) };
    const { status } = await asker.ask({ url, method: 'POST', body: JSON.stringify(told), deadlineMs });
    return { isTaken: status >= 200 && status < 300, text: `POST ${url} ${type} ${target}: ${status}` };
  };
  return { tell, close: async () => {} };
}

function commandTeller(command: readonly string[], { region, cacheUrl, variables, clock, deadlineMs }: TellerOptions): Teller {
  const running = new Set<ProgramLife>();
  const turns = new Semaphore(AT_ONCE_MAX);
  const environment = { ...variables, PATH: pathOf(variables) };
  const run = async (purge: Purge): Promise<Told> => {
    const { type, target, mode } = purge;
    const values = { cache: cacheUrl, region, type, target, mode, id: idOf(purge) };
    const words = command.map((word) => filled(word, values));
    const life = new ProgramLife({ command: words, environment, dir: process.cwd() });
    running.add(life);
    try {
      const why = await inTime({ clock, ms: deadlineMs }, life.exited);
      if (why === undefined) throw new NoAnswer(`${words.join(' ')}: no end within ${deadlineMs} ms`);
      return { isTaken: life.isDone, text: `${words.join(' ')}: ${life.isDone ? 'exit 0' : life.tell(why)}` };
    } finally {
      // What it has started ends with it.
      life.signal('SIGKILL');
      running.delete(life);
    }
  };
  return {
    tell: (purge) => turns.take(() => run(purge)),
    close: async () => void (await Promise.all([...running].map((life) => life.kill()))),
  };
}

/** Of the content, where it is one that is purged. */
function idOf({ type, target }: Purge): string {
  return (type === 'key' ? contentIdOf(target) : undefined) ?? NO_ID;
}
