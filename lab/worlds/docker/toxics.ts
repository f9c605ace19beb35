/** What impairs a link, as the toxics of its proxy. */
import type { Impairment } from '../../system/mechanisms.ts';
import type { Direction } from '../../system/parts.ts';
import type { NewToxic } from './links.ts';

/** A toxic’s rate is in thousands of bytes a second. */
const BYTES_PER_TOXIC_UNIT = 1_000;

export function streamsOf(direction: Direction): readonly NewToxic['stream'][] {
  return { both: ['upstream', 'downstream'] as const, there: ['upstream'] as const, back: ['downstream'] as const }[direction];
}

/** A timeout of 0 swallows what passes and keeps the connection; it is closed when the toxic goes. */
export function toToxic(name: string, stream: NewToxic['stream'], impairment: Impairment): NewToxic {
  const base = { name, stream };
  if (impairment.kind === 'cut') return { ...base, type: 'timeout', attributes: { timeout: 0 } };
  if (impairment.kind === 'latency')
    return { ...base, type: 'latency', attributes: { latency: impairment.latencyMs, jitter: impairment.jitterMs } };
  if (impairment.kind === 'bandwidth')
    return { ...base, type: 'bandwidth', attributes: { rate: Math.max(1, Math.round(impairment.bytesPerSecond / BYTES_PER_TOXIC_UNIT)) } };
  throw new TypeError(`expected an impairment that a toxic can be, got ${(impairment as Impairment).kind}`);
}
