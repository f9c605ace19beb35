/**
 * The process that sends the reads of a load, apart from the lab so that neither makes the other late.
 *
 * States: waiting -> ordered -> sending -> done. It ends when the lab is gone (its end of the channel closes, also
 * after kill -9). Ctrl-C reaches the whole terminal group; the lab decides what it means, so it is ignored here.
 */
import { sharedAheadMs, systemClock, type Timer } from '../../../services/runtime/clock.ts';
import { toRecordLine } from '../../history/record-kinds.ts';
import { watchMachine } from '../../session/machine-watch.ts';
import { LeanTransport } from '../../system/lean-transport.ts';
import { messageOf } from '../operations.ts';
import type { FromGenerator, GeneratedRead, GeneratorOrder, ToGenerator } from './messages.ts';
import { Reads } from './reads.ts';
import { warmUp } from './warm-up.ts';

/** What is told at once: a longer list holds up what is due meanwhile. */
const TELL_MS = 20;
const US_PER_MS = 1_000;

const clock = systemClock;
const aheadMs = sharedAheadMs();
const stopped = new AbortController();
let isCrashing = false;
let untold: GeneratedRead[] = [];
let timer: Timer | undefined;
let reads: Reads | undefined;
let startedAt = 0;

function tell(message: FromGenerator): void {
  if (process.connected && !isCrashing) process.send?.(message);
}

function tellReads(): void {
  timer?.cancel();
  timer = undefined;
  if (untold.length > 0) tell({ type: 'reads', reads: untold });
  untold = [];
}

async function take(shared: GeneratorOrder): Promise<void> {
  const order = { ...shared, startedAt: shared.startedAt - aheadMs };
  startedAt = order.startedAt;
  const onRead = (read: GeneratedRead) => {
    untold.push(read);
    timer ??= clock.setTimer(TELL_MS, tellReads);
  };
  reads = new Reads({ order, clock, transport: new LeanTransport(clock), onRead });
  await warmUp(clock);
  tell({ type: 'ready' });
}

async function begin(atMs: number): Promise<void> {
  if (reads === undefined) throw new TypeError('expected an order before the plan begins');
  const watch = watchMachine({
    world: {},
    clock,
    of: 'generator',
    t: () => clock.monotonicMs() - startedAt,
    sink: { add: (kind, record) => tell({ type: 'record', line: toRecordLine(kind, record) }) },
  });
  const before = process.cpuUsage();
  await reads.run(atMs - aheadMs, stopped.signal);
  const { user, system } = process.cpuUsage(before);
  watch.flush();
  tellReads();
  tell({ type: 'done', report: { processorMs: (user + system) / US_PER_MS } });
}

/** What nobody caught: the lab hears why. */
function crash(error: unknown): void {
  if (isCrashing) return;
  const leave = () => process.exit(1);
  if (!process.connected) return leave();
  isCrashing = true;
  process.send?.({ type: 'crashed', message: messageOf(error) } satisfies FromGenerator, leave);
}

process.on('message', (message: ToGenerator) => {
  if (message.type === 'order') void take(message.order);
  else if (message.type === 'begin') void begin(message.atMs);
  else if (message.type === 'created') reads?.created(message.created);
  else stopped.abort();
});
process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', crash);
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
