/** What is known of the world one looks at, as it stands now or stood at a moment; nothing of the terminal. */
import type {
  FaultView,
  LiveVerdict,
  LoadRates,
  Race,
  RefusedReads,
  RegionStaleness,
  RegionView,
  Seen,
  Stampede,
} from '../../../lab/live/protocol.ts';
import type { EdgeMetrics } from '../../../services/protocol/edge-api.ts';
import type { OriginMetrics } from '../../../services/protocol/origin-api.ts';
import type { PendingSettings } from './pending-settings.ts';

/** One second of a region. null: no reads, or no answer. */
export interface Sample {
  readonly p99: number | null;
  readonly hitRatio: number | null;
  /** The P99 of how old its answers were, in ms. */
  readonly staleness: number | null;
  /** The edge had just started: its first answers are slow. */
  readonly isCold: boolean;
}
export interface RegionState extends RegionView {
  readonly seen: Seen<EdgeMetrics>;
  /** One a second, the newest last. */
  readonly history: readonly Sample[];
  /** Settings asked for and not yet seen in force. */
  readonly pending: PendingSettings | undefined;
  readonly staleness: RegionStaleness | undefined;
  /** Of the last 10 s. */
  readonly refused: RefusedReads;
}
export interface Watched {
  /** ms since the start, of the last thing heard. */
  readonly nowMs: number;
  readonly origin: Seen<OriginMetrics>;
  readonly regions: readonly RegionState[];
  /** Rows of the version tables, the same in every region. */
  readonly keys: readonly string[];
  readonly faults: readonly FaultView[];
  readonly verdict: LiveVerdict | undefined;
  readonly rates: LoadRates | undefined;
  readonly race: Race | undefined;
  readonly stampede: Stampede | undefined;
}

/** A second of the past. */
export interface Moment extends Omit<Watched, 'race' | 'stampede'> {
  /** Without their histories. */
  readonly regions: readonly RegionState[];
}

/** How things stood when the key was pressed: what is seen afterwards is told from it. */
export interface Begun extends Pick<Watched, 'nowMs' | 'origin' | 'regions' | 'race' | 'stampede'> {}

/** An invalidation on its way through the map. */
export interface Traveller {
  readonly id: string;
  readonly region: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Before the first answer. */
export const UNSEEN = { metrics: undefined, answeredMs: undefined, failures: 0 } as const;
