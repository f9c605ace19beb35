/** The kinds of faults a seed mixes: each draws one fault, with its target and parameters as a scenario file writes them. */
import type { Random } from '../../services/runtime/random.ts';
import type { FaultOrder } from '../faults/order.ts';

export interface DrawnFault extends FaultOrder {
  readonly lasts: boolean;
  /** Whose edge or cache must answer for it, or is changed by it: not two at once. */
  readonly region?: string;
}

export type FaultDraw = (random: Random, regions: readonly string[]) => DrawnFault;

const ARROWS = ['<->', '->', '<-'] as const;
/** Above what a link may take by itself, so that their effect shows. */
const LATENCIES_MS = [100, 200, 400, 800] as const;
const DELAYS_MS = [0, 100, 400, 1_500] as const;
const NONE = {};

function pick<T>(random: Random, choices: readonly T[]): T {
  const picked = choices[random.below(choices.length)];
  if (picked === undefined) throw new TypeError('expected something to choose from, got nothing');
  return picked;
}

function cut(linkOf: (region: string) => readonly [string, string]): FaultDraw {
  return (random, regions) => {
    const [left, right] = linkOf(pick(random, regions));
    return { fault: 'partition', target: `${left}${pick(random, ARROWS)}${right}`, parameters: NONE, lasts: true };
  };
}

function late(linkOf: (region: string) => readonly [string, string]): FaultDraw {
  return (random, regions) => {
    const [left, right] = linkOf(pick(random, regions));
    const latency = pick(random, LATENCIES_MS);
    const parameters = { latency: `${latency}ms`, jitter: `${random.below(2) * (latency / 2)}ms` };
    return { fault: 'latency', target: `${left}${pick(random, ARROWS)}${right}`, parameters, lasts: true };
  };
}

function node(fault: 'pause' | 'kill' | 'restart', name: 'origin' | 'kafka' | 'postgres' | 'edge' | 'redis'): FaultDraw {
  const lasts = fault !== 'restart';
  return (random, regions) => {
    if (name !== 'edge' && name !== 'redis') return { fault, target: name, parameters: NONE, lasts };
    const region = pick(random, regions);
    return { fault, target: `${name}:${region}`, parameters: NONE, lasts, region };
  };
}

const EDGE_KAFKA = (region: string) => [`edge:${region}`, 'kafka'] as const;
const EDGE_ORIGIN = (region: string) => [`edge:${region}`, 'origin'] as const;
const ORIGIN_KAFKA = () => ['origin', 'kafka'] as const;
const ORIGIN_POSTGRES = () => ['origin', 'postgres'] as const;

export const FAULT_KINDS: readonly FaultDraw[] = [
  cut(EDGE_KAFKA),
  cut(EDGE_ORIGIN),
  cut(ORIGIN_KAFKA),
  cut(ORIGIN_POSTGRES),
  late(EDGE_KAFKA),
  late(EDGE_ORIGIN),
  late(ORIGIN_KAFKA),
  late(ORIGIN_POSTGRES),
  (random, regions) => {
    const region = pick(random, regions);
    return { fault: 'isolate', target: `edge:${region}`, parameters: NONE, lasts: true };
  },
  node('pause', 'edge'),
  node('pause', 'redis'),
  node('pause', 'origin'),
  node('pause', 'kafka'),
  node('pause', 'postgres'),
  node('kill', 'edge'),
  node('kill', 'redis'),
  node('kill', 'origin'),
  node('kill', 'kafka'),
  node('kill', 'postgres'),
  node('restart', 'edge'),
  node('restart', 'redis'),
  node('restart', 'origin'),
  (random, regions) => {
    const region = pick(random, regions);
    return {
      fault: 'propagation-delay',
      target: `edge:${region}`,
      parameters: { delay: `${pick(random, DELAYS_MS)}ms` },
      lasts: true,
      region,
    };
  },
  (random, regions) => {
    const region = pick(random, regions);
    return { fault: 'strategy', target: `edge:${region}`, parameters: { strategy: pick(random, ['eager', 'lazy']) }, lasts: true, region };
  },
  (random, regions) => {
    const region = pick(random, regions);
    return { fault: 'flush', target: `redis:${region}`, parameters: NONE, lasts: false, region };
  },
];
