/**
 * The process that runs the embedded services, apart from the lab so that neither can block the other.
 *
 * States: waiting -> starting -> serving -> stopping -> gone. It ends when told to, on SIGTERM, or when the lab is gone
 * (its end of the channel closes, also after kill -9). Ctrl-C reaches the whole terminal group; the lab decides what it
 * means, so it is ignored here.
 */
import { systemClock } from '../../../services/runtime/clock.ts';
import { ConfigError } from '../../../services/runtime/config.ts';
import { watchStalls } from '../../stall-meter.ts';
import { type HostedServices, startServices } from '../hosted/services.ts';
import { embeddedHosting } from './hosting.ts';
import type { FromHost, ToHost } from './messages.ts';

let services: Promise<HostedServices> | undefined;
let stopping = false;

function tell(message: FromHost): void {
  if (process.connected) process.send?.(message);
}

async function start({ order, ...options }: Extract<ToHost, { type: 'start' }>): Promise<void> {
  try {
    services = startServices(order, embeddedHosting(options), (step) => tell({ type: 'step', ...step }));
    const { originPort, edgePorts } = await services;
    tell({ type: 'ready', originPort, edgePorts });
    watchStalls({ clock: systemClock }, (lateMs) => tell({ type: 'stall', endedAt: systemClock.now(), lateMs }));
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error), badConfig: error instanceof ConfigError });
  }
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
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
