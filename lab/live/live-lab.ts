/**
 * A world to play with: under a steady load, watched twice a second, broken and mended by commands. What the terminal
 * shows is made of its events alone; what its keys do are its commands.
 */
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { Strategy } from '../../services/protocol/invalidation.ts';
import type { OriginMetrics } from '../../services/protocol/origin-api.ts';
import type { ExitCode } from '../errors.ts';
import type { Effect } from '../faults/fault.ts';
import type { Backend, StartStep } from '../worlds/world.ts';

/** The last answer of a service, and how it has been since. */
export interface Seen<Metrics> {
  /** undefined before the first answer. */
  readonly metrics: Metrics | undefined;
  /** `t` of the last answer, ms since the start. */
  readonly answeredMs: number | undefined;
  /** Requests without an answer since then. */
  readonly failures: number;
}

export interface Observation {
  readonly origin: Seen<OriginMetrics>;
  /** By region, in the order of compose.yaml. */
  readonly regions: ReadonlyMap<string, Seen<EdgeMetrics>>;
}

export interface FaultView {
  readonly id: string;
  readonly fault: string;
  /** As a scenario file writes it: `edge:eu-west<->kafka`. */
  readonly target: string;
  readonly region: string | undefined;
  /** In a few words. */
  readonly says: string;
  readonly injectedMs: number;
  readonly effect: Effect;
  readonly state: 'injecting' | 'inForce' | 'healing';
}

export interface RegionView {
  readonly region: string;
  readonly url: string;
}

/** `t`: ms since the start. Texts may come from outside: not yet made printable. */
export type LiveEvent =
  | ({ readonly type: 'step'; readonly t: number } & StartStep)
  | {
      readonly type: 'ready';
      readonly t: number;
      readonly backend: Backend;
      readonly originUrl: string;
      readonly staysUp: boolean;
      readonly regions: readonly RegionView[];
    }
  | { readonly type: 'observed'; readonly t: number; readonly observation: Observation }
  /** Everything in force now, oldest first: after each injection and heal. */
  | { readonly type: 'faults'; readonly t: number; readonly inForce: readonly FaultView[] }
  /** For the event log: a write, a fault, a refusal, a region that fell behind or caught up. */
  | { readonly type: 'note'; readonly t: number; readonly tone: 'info' | 'good' | 'warning' | 'error'; readonly text: string }
  /** The world ended by itself, or could not start. */
  | { readonly type: 'lost'; readonly t: number; readonly why: string; readonly exitCode: ExitCode };

export type LabCommand =
  /** Changes this many contents at once: 1 is a write, 50 a burst. */
  | { readonly do: 'write'; readonly count: number }
  | { readonly do: 'inject'; readonly fault: string; readonly target: string; readonly parameters?: Readonly<Record<string, string>> }
  | { readonly do: 'heal'; readonly id: string }
  | { readonly do: 'heal-all' }
  /** Settings are faults too, but these stay until the end: nothing to heal. */
  | { readonly do: 'configure'; readonly region: string; readonly propagationDelayMs?: number; readonly strategy?: Strategy };

export interface LiveLab {
  /** Never throws and never waits: what comes of it is told by events. */
  do(command: LabCommand): void;
  /** Heals everything and stops what it started. Resolves with what could not be healed. Safe to call twice. */
  close(): Promise<readonly string[]>;
}
