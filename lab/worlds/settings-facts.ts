/** What is known of the settings of a region: when its world begins, and from then on. */
import type { EdgeConfig, EdgeMetrics } from '../../services/protocol/edge-api.ts';
import type { JournalEntry } from '../journal/journal.ts';

/** A region as its world begins. */
export interface BegunRegion {
  readonly region: string;
  /** What its edge was made with. */
  readonly made: EdgeConfig;
  /** What its edge has; undefined: it does not say. */
  readonly found: EdgeConfig | undefined;
  /** Its edge starts with what it was made with, until it is told otherwise; else with what is desired. */
  readonly startsAsMade: boolean;
  /** What an earlier lab wrote down of it and left in force. */
  readonly left?: JournalEntry | undefined;
}

/** What is in force in a region, as far as it is known. */
export interface SettingsInForce {
  readonly region: string;
  readonly settings: EdgeConfig;
  /** These and no others; else these may be in force instead, from now on. */
  readonly isCertain: boolean;
  /** For how long it may have been so already, in ms. */
  readonly agoMs: number;
}

export function settingsTold({ propagationDelayMs, strategy, freshnessLeaseMs }: EdgeMetrics): EdgeConfig {
  return { propagationDelayMs, strategy, ...(freshnessLeaseMs === undefined ? {} : { freshnessLeaseMs }) };
}
