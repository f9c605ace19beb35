/**
 * A world to play with: under a steady load, watched twice a second, broken and mended by commands. What the terminal
 * shows is made of its events alone; what its keys do are its commands.
 */
import type { EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { Strategy } from '../../services/protocol/invalidation.ts';
import type { OriginMetrics } from '../../services/protocol/origin-api.ts';
import type { ExitCode } from '../errors.ts';
import type { Effect } from '../faults/fault.ts';
import type { LabEvent } from '../report/events.ts';
import type { Trace } from '../trace/trace.ts';
import type { StartStep } from '../worlds/world.ts';
import type { Backend } from '../worlds/worlds.ts';
import type { ScenarioCard } from './catalogue.ts';
import type { Race, Stampede } from './lessons.ts';

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
  /** When it is healed by itself; undefined: when somebody heals it. */
  readonly endsMs: number | undefined;
  readonly effect: Effect;
  readonly state: 'injecting' | 'inForce' | 'healing';
}

export interface RegionView {
  readonly region: string;
  readonly url: string;
}

/** What can be said while it goes on: `clear` means that no violation was seen so far, no more. */
export interface LiveVerdict {
  readonly state: 'clear' | 'violated' | 'unknown';
  /** Versions that a region should not have answered, so far. */
  readonly violations: number;
  /** Why it is unknown, or what was judged. */
  readonly reason: string;
}

/** How old the answers of the last 10 s were, in ms; faults excuse nothing here. */
export interface RegionStaleness {
  readonly p99: number | null;
  readonly max: number | null;
  readonly oldReads: number;
  readonly reads: number;
}

export interface LoadRates {
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
}

/** A scenario that is about to run. */
export interface RunPlan extends ScenarioCard {
  readonly seed: number;
  /** Of the last reads, at most. */
  readonly settleMs: number;
  readonly checks: readonly string[];
  readonly thresholds: readonly { readonly metric: string; readonly threshold: string }[];
}

/** What a run says as it goes on. */
export type RunEvent = Extract<LabEvent, { type: 'Phase' | 'Fault' | 'Anomaly' | 'Point' | 'Summary' }>;

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
  /** Once a second: the checks over the last minute. */
  | { readonly type: 'judged'; readonly t: number; readonly verdict: LiveVerdict; readonly staleness: ReadonlyMap<string, RegionStaleness> }
  /** The load from now on. */
  | { readonly type: 'load'; readonly t: number; readonly rates: LoadRates }
  /** The trace asked for has begun, ended, or could not be. */
  | { readonly type: 'trace-begun'; readonly t: number; readonly id: number }
  | { readonly type: 'traced'; readonly t: number; readonly trace: Trace }
  | { readonly type: 'trace-failed'; readonly t: number; readonly why: string }
  /** The catalogue, when it was asked for. */
  | { readonly type: 'scenarios'; readonly t: number; readonly scenarios: readonly ScenarioCard[] }
  /** A scenario runs in this world; the steady load waits meanwhile. */
  | { readonly type: 'run-begun'; readonly t: number; readonly plan: RunPlan }
  | { readonly type: 'run-said'; readonly t: number; readonly event: RunEvent }
  /** Everything is as it was before; `why`: it could not run at all. */
  | { readonly type: 'run-ended'; readonly t: number; readonly why: string | undefined }
  /** What came of the lessons that were asked for. */
  | { readonly type: 'raced'; readonly t: number; readonly race: Race }
  | { readonly type: 'stampeded'; readonly t: number; readonly stampede: Stampede }
  /** The world ended by itself, or could not start. */
  | { readonly type: 'lost'; readonly t: number; readonly why: string; readonly exitCode: ExitCode };

/** An event before it has its time. */
export type Told<Event> = Event extends LiveEvent ? Omit<Event, 't'> : never;

export type LabCommand =
  /** Changes this many contents at once: 1 is a write, 50 a burst. */
  | { readonly do: 'write'; readonly count: number }
  | {
      readonly do: 'inject';
      readonly fault: string;
      readonly target: string;
      readonly parameters?: Readonly<Record<string, string>>;
      /** Healed after that time; left out: when somebody heals it. */
      readonly forMs?: number;
    }
  | { readonly do: 'heal'; readonly id: string }
  | { readonly do: 'heal-all' }
  /** Settings are faults too, but these stay until the end: nothing to heal. */
  | { readonly do: 'configure'; readonly region: string; readonly propagationDelayMs?: number; readonly strategy?: Strategy }
  /** Requests a second, from now on; what is left out stays. */
  | ({ readonly do: 'load' } & Partial<LoadRates>)
  /** One write of that content followed through its ten steps; the load's own writes wait meanwhile. */
  | { readonly do: 'trace'; readonly id: number }
  | { readonly do: 'list-scenarios' }
  /** What is in force is healed first, and the steady load waits. Until its end only `abort-run` is done. */
  | { readonly do: 'run'; readonly scenario: string }
  /** Heals, and reports what there is. */
  | { readonly do: 'abort-run' }
  /** The stale-set race in virtual time, twice: with the mutant that has no fence, and without it. */
  | { readonly do: 'race' }
  /** The program was stopped for so long: what should have been healed meanwhile is healed, then it is said. */
  | { readonly do: 'stood-still'; readonly ms: number }
  /** Purges one content, then that many readers ask for it at once in that region. */
  | { readonly do: 'stampede'; readonly region: string; readonly readers: number };

export interface LiveLab {
  /** Never throws and never waits: what comes of it is told by events. */
  do(command: LabCommand): void;
  /** Heals everything and stops what it started. Resolves with what could not be healed. Safe to call twice. */
  close(): Promise<readonly string[]>;
}
