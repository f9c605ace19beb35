/**
 * Writes down which delay and which strategy each region had, and from when, for a history or for whoever judges
 * without one.
 *
 * A change has one moment though nobody sees it happen. What allows more (a longer delay; lazy, where an answer may be
 * labelled stale) is dated from before it was asked for, or from when the edge was last seen without it; what allows
 * less, from when it was seen: nobody is accused by settings that may not have been in force.
 */

import type { RecordSink } from '../history/record-kinds.ts';
import type { DesiredSettings } from '../worlds/desired-settings.ts';
import type { WorldSettings } from '../worlds/settings.ts';
import type { SettingsInForce } from '../worlds/settings-facts.ts';

export type SettingsSink = RecordSink<'delay' | 'strategy'>;

export interface SettingsRecorderOptions {
  readonly settings: Pick<WorldSettings, 'onInForce'> & { of(region: string): Pick<DesiredSettings, 'inForce'> };
  readonly regions: readonly { readonly region: string }[];
  /** ms since the start. */
  readonly t: () => number;
  readonly sink: SettingsSink;
}

/** Begins with those in force, at 0. Answers how to end it. */
export function recordSettings({ settings, regions, t, sink }: SettingsRecorderOptions): () => void {
  const known = new Map<string, SettingsInForce['settings']>();
  for (const { region } of regions) {
    const { inForce } = settings.of(region);
    known.set(region, inForce);
    sink.add('delay', { region, atMs: 0, delayMs: inForce.propagationDelayMs });
    sink.add('strategy', { region, atMs: 0, strategy: inForce.strategy });
  }
  return settings.onInForce(({ region, settings: { propagationDelayMs: delayMs, strategy }, isCertain, agoMs }) => {
    const before = known.get(region);
    if (before === undefined) return;
    const [nowMs, sinceMs] = [t(), Math.max(0, t() - agoMs)];
    const isLonger = delayMs > before.propagationDelayMs;
    const isShorter = isCertain && delayMs < before.propagationDelayMs;
    if (isLonger || isShorter) sink.add('delay', { region, atMs: isLonger ? sinceMs : nowMs, delayMs });
    const isLazier = strategy === 'lazy' && before.strategy === 'eager';
    const isStricter = isCertain && strategy === 'eager' && before.strategy === 'lazy';
    if (isLazier || isStricter) sink.add('strategy', { region, atMs: isLazier ? sinceMs : nowMs, strategy });
    known.set(region, {
      propagationDelayMs: isLonger || isShorter ? delayMs : before.propagationDelayMs,
      strategy: isLazier || isStricter ? strategy : before.strategy,
    });
  });
}
