/** A fault in force, as the events tell of it. */
import type { FaultInForce } from '../faults/active-faults.ts';
import type { FaultView } from './protocol.ts';

/** `endsMs`: when it is healed by itself. */
export function faultView({ spec, says, injectedMs, effect, state }: FaultInForce, endsMs: number | undefined): FaultView {
  const { id, fault, target } = spec;
  return { id, fault, target: target.text, region: target.region, says, injectedMs, endsMs, effect, state };
}
