/**
 * The process that runs the embedded services, apart from the lab so that neither can block the other.
 *
 * States: waiting -> starting -> serving -> stopping -> gone. It ends when told to, on SIGTERM, or when the lab is gone
 * (its end of the channel closes, also after kill -9). Ctrl-C reaches the whole terminal group; the lab decides what it
 * means, so it is ignored here.
 */
import { systemClock } from '../../../services/runtime/clock.ts';
import { ConfigError } from '../../../services/runtime/config.ts';
import { meterLateness, type Spell } from '../../../services/runtime/lateness.ts';
import { type HostedServices, type StartOrder, startServices } from '../hosted/services.ts';
import { embeddedHosting } from './hosting.ts';
import type { FromHost, ToHost } from './messages.ts';

let services: Promise<HostedServices> | undefined;
const stopping = new AbortController();

/** A lab that is gone takes nothing; without the callback that would be an error of this process. */
function tell(message: FromHost): void {
  if (process.connected) process.send?.(message, () => {});
}

function tellStall({ fromMs, toMs, lateMs }: Spell): void {
  const endedAt = systemClock.now() - (systemClock.monotonicMs() - toMs);
  tell({ type: 'stall', endedAt, lateMs, overMs: toMs - fromMs });
}

async function start({ order, ...options }: Extract<ToHost, { type: 'start' }>): Promise<void> {
  try {
    const lateness = meterLateness({ clock: systemClock }, tellStall);
    const onLost = (why: string) => tell({ type: 'lost', why });
    const hosting = embeddedHosting({ ...options, lateness, services: namesOf(order), onLost, stopping: stopping.signal });
    services = startServices(order, hosting, (step) => tell({ type: 'step', ...step }));
    const { originPort, edgePorts, purgerPorts } = await services;
    tell({ type: 'ready', originPort, edgePorts, purgerPorts });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error), badConfig: error instanceof ConfigError });
  }
}

/** By port; those that take a free one are not among them. */
function namesOf({ originEnvironment, regions }: StartOrder): ReadonlyMap<number, string> {
  const named = [
    [Number(originEnvironment['PORT']), 'origin'] as const,
    ...regions.map(({ region, environment }) => [Number(environment['EDGE_PORT']), `edge-${region}`] as const),
  ];
  return new Map(named.filter(([port]) => port > 0));
}

async function stop(): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort(new Error('the world is closed'));
  // A start that failed was told already.
  const running = await services?.catch(() => undefined);
  await running?.close().catch((error: unknown) => process.stderr.write(`not everything could be closed: ${String(error)}\n`));
  process.exit(0);
}

async function control({ call, request }: Extract<ToHost, { type: 'control' }>): Promise<void> {
  try {
    const answer = await (await services)?.control.execute(request);
    tell({ type: 'controlled', call, answer });
  } catch (error) {
    tell({ type: 'refused', call, message: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (message: ToHost) => {
  if (message.type === 'start') void start(message);
  else if (message.type === 'control') void control(message);
  else void stop();
});
process.on('disconnect', () => void stop());
process.on('SIGTERM', () => void stop());
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
