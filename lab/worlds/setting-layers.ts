/**
 * Who wants what of an edge, as layers: a stronger one covers a weaker one, and each is taken away by itself, in any
 * order. There is no "old value" to put back: what is wanted is what the layers that are left say.
 */
import { z } from 'zod';
import type { EdgeConfig, EdgeConfigChange } from '../../services/protocol/edge-api.ts';

const FAULT = 'fault ';
const STANDING = ['file', 'person', 'run'] as const;
const RANKS: readonly string[] = STANDING;
const SETTINGS = ['propagationDelayMs', 'strategy', 'freshnessLeaseMs'] as const;

/**
 * From the weakest to the strongest: what the files of this world say, where it was there before and runs with
 * something else; what a person has set; what a run wants for as long as it lasts; a fault, by its name.
 */
export const settingsLayer = z.union([z.enum(STANDING), z.templateLiteral([FAULT, z.string()])]);
export type SettingsLayer = z.infer<typeof settingsLayer>;

function rankOf(layer: SettingsLayer): number {
  const rank = RANKS.indexOf(layer);
  return rank < 0 ? STANDING.length : rank;
}

export type SettingsLayers = ReadonlyMap<SettingsLayer, EdgeConfigChange>;

/** One that tells no lease has none, or is older than leases are: it is asked for none. */
export function isSame(one: EdgeConfig, other: EdgeConfig): boolean {
  const isLeaseSame =
    one.freshnessLeaseMs === undefined || other.freshnessLeaseMs === undefined || one.freshnessLeaseMs === other.freshnessLeaseMs;
  return one.propagationDelayMs === other.propagationDelayMs && one.strategy === other.strategy && isLeaseSame;
}

/** `found` with the layers over it; of two of one strength the later covers the earlier. */
export function layered(found: EdgeConfig, layers: SettingsLayers): EdgeConfig {
  const weakestFirst = [...layers].sort(([one], [other]) => rankOf(one) - rankOf(other));
  return weakestFirst.reduce((under, [, change]) => over(under, change), found);
}

export function over(under: EdgeConfig, { propagationDelayMs, strategy, freshnessLeaseMs }: EdgeConfigChange): EdgeConfig {
  const lease = freshnessLeaseMs ?? under.freshnessLeaseMs;
  return {
    propagationDelayMs: propagationDelayMs ?? under.propagationDelayMs,
    strategy: strategy ?? under.strategy,
    ...(lease === undefined ? {} : { freshnessLeaseMs: lease }),
  };
}

/** What covers something of what that layer wants: a fault by its name. undefined: nothing does. */
export function coveringOf(layers: SettingsLayers, layer: SettingsLayer, change: EdgeConfigChange): string | undefined {
  const isTouched = (other: EdgeConfigChange) => SETTINGS.some((name) => change[name] !== undefined && other[name] !== undefined);
  const stronger = [...layers].find(([other, wanted]) => rankOf(other) > rankOf(layer) && isTouched(wanted));
  return stronger?.[0].replace(FAULT, '');
}

/** What the layers do to an edge, in a few words. */
export function describeLayers(layers: Iterable<SettingsLayer>): string {
  const faults = [...layers].filter((layer) => layer.startsWith(FAULT)).map((layer) => layer.slice(FAULT.length));
  const isSet = [...layers].some((layer) => !layer.startsWith(FAULT));
  const words = [...(isSet ? ['set for a run'] : []), ...(faults.length === 0 ? [] : [`under ${faults.join(', ')}`])];
  return words.length === 0 ? 'to keep what was set' : words.join(' and ');
}
