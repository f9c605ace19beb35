/** From when a delay and a strategy are said to be in force: never so that a right system is accused. */
import { describe, expect, it } from 'vitest';
import type { EdgeConfig } from '../../services/protocol/edge-api.ts';
import { History } from '../history/history.ts';
import type { SettingsInForce } from '../worlds/settings-facts.ts';
import { recordSettings } from './settings-recorder.ts';

const region = 'eu-west';
const BEGUN: EdgeConfig = { propagationDelayMs: 300, strategy: 'eager' };

/** What is written of what is told, each at its `t`. */
function recordedOf(...told: readonly (Partial<EdgeConfig> & { t: number; isCertain?: boolean; agoMs?: number })[]): readonly string[] {
  const written: string[] = [];
  let t = 0;
  let tell: (told: SettingsInForce) => void = () => {};
  recordSettings({
    settings: {
      of: () => ({ inForce: BEGUN }),
      onInForce: (listener) => {
        tell = listener;
        return () => {};
      },
    },
    regions: [{ region }],
    t: () => t,
    sink: new History({
      onLine: (line) => {
        if (line.line === 'delay') written.push(`${line.atMs}: ${line.delayMs}`);
        if (line.line === 'strategy') written.push(`${line.atMs}: ${line.strategy}`);
      },
    }),
  });
  for (const { t: toldMs, isCertain = true, agoMs = 0, ...change } of told) {
    t = toldMs;
    tell({ region, isCertain, agoMs, settings: { ...BEGUN, ...change } });
  }
  expect(written.slice(0, 2)).toEqual(['0: 300', '0: eager']);
  return written.slice(2);
}

describe('a change of settings', () => {
  it('that allows more counts from before it was asked for', () => {
    const more = { propagationDelayMs: 900, strategy: 'lazy' } as const;
    expect(recordedOf({ t: 1_000, ...more, isCertain: false }, { t: 1_080, ...more })).toEqual(['1000: 900', '1000: lazy']);
  });

  it('that allows less counts from when it was seen', () => {
    const more = { propagationDelayMs: 900, strategy: 'lazy' } as const;
    const changes = [{ t: 1_000, ...more }, { t: 5_000, isCertain: false }, { t: 5_080 }];
    expect(recordedOf(...changes).slice(2)).toEqual(['5080: 300', '5080: eager']);
  });

  it('that nobody asked for counts from the last look without it where it allows more, else from the look that shows it', () => {
    expect(recordedOf({ t: 4_000, propagationDelayMs: 900, agoMs: 1_000 })).toEqual(['3000: 900']);
    expect(recordedOf({ t: 4_000, propagationDelayMs: 100, agoMs: 1_000 })).toEqual(['4000: 100']);
  });

  it('that was asked for in vain, as far as anybody knows, goes on to allow more until the edge says what it has', () => {
    expect(recordedOf({ t: 1_000, propagationDelayMs: 900, isCertain: false }, { t: 9_000 })).toEqual(['1000: 900', '9000: 300']);
  });

  it('of an edge that starts with less than it is then given leaves no trace: it may have had the more all the time', () => {
    expect(recordedOf({ t: 1_000, propagationDelayMs: 100, isCertain: false }, { t: 1_500 })).toEqual([]);
  });

  it('of an edge that starts with more than it is then given counts from before its start until it was told', () => {
    expect(recordedOf({ t: 1_000, propagationDelayMs: 600, strategy: 'lazy', isCertain: false }, { t: 1_500 })).toEqual([
      '1000: 600',
      '1000: lazy',
      '1500: 300',
      '1500: eager',
    ]);
  });
});
