/** The keys that change settings of the selected region. */
import { type EdgeConfigChange, PROPAGATION_DELAY_MS_MAX } from '../../../services/protocol/edge-api.ts';
import { delayText, plain } from '../draw/format.ts';
import { type Settings, settingsOf } from '../state/pending-settings.ts';
import { type KeyBinding, selectedOf } from './binding.ts';

const DELAY_STEP_MS = 100;

/** What the selected region's settings become; without figures of it nobody knows what they are. */
function change(toSettings: (now: Settings) => EdgeConfigChange): KeyBinding['act'] {
  return (state) => {
    const region = selectedOf(state);
    if (region === undefined) return undefined;
    const now = settingsOf(region.pending, region.seen.metrics);
    const name = plain(region.region);
    if (now === undefined) return { type: 'echo', text: `the settings of ${name} are not known yet` };
    const { propagationDelayMs, strategy } = toSettings(now);
    const command = {
      do: 'configure',
      region: region.region,
      ...(propagationDelayMs === undefined ? {} : { propagationDelayMs }),
      ...(strategy === undefined ? {} : { strategy }),
    } as const;
    return { type: 'sent', command, text: `${name}: ${strategy ?? `delay ${delayText(propagationDelayMs ?? now.propagationDelayMs)}`}` };
  };
}

function changeDelay(byMs: number): KeyBinding['act'] {
  return change((now) => ({ propagationDelayMs: Math.min(PROPAGATION_DELAY_MS_MAX, Math.max(0, now.propagationDelayMs + byMs)) }));
}

const switchStrategy = change(({ strategy }) => ({ strategy: strategy === 'eager' ? 'lazy' : 'eager' }));

export const SET: readonly KeyBinding[] = [
  {
    name: 'delay-up',
    keys: ['+', '='],
    shown: '+',
    group: 'set',
    short: 'delay',
    about: 'raise the propagation delay by 100 ms',
    act: changeDelay(DELAY_STEP_MS),
  },
  {
    name: 'delay-down',
    keys: ['-', '_'],
    shown: '-',
    group: 'set',
    about: 'lower the propagation delay by 100 ms',
    act: changeDelay(-DELAY_STEP_MS),
  },
  {
    name: 'strategy',
    keys: ['s'],
    shown: 's',
    group: 'set',
    short: 'strategy',
    about: 'change between eager and lazy',
    act: switchStrategy,
  },
];
