/**
 * What impairments do to what crosses a wire, a row each. The names of the rows are what a world made of wires can do
 * to a link: an impairment without a row here needs a world of another kind.
 */
import type { Random } from '../../../services/runtime/random.ts';
import type { Impairment } from '../../system/mechanisms.ts';

type Kind = Impairment['kind'];

interface Effect<Of extends Kind> {
  /** Nothing passes. */
  readonly swallows?: true;
  /** Draws by how much later it passes, in ms. */
  readonly drawDelayMs?: (impairment: Extract<Impairment, { kind: Of }>, random: Random) => number;
  /** The most that may be drawn. */
  readonly delayMsMax?: (impairment: Extract<Impairment, { kind: Of }>) => number;
  /** How often it arrives. Left out: once. */
  readonly copies?: number;
}

const EFFECTS = {
  cut: { swallows: true },
  latency: {
    drawDelayMs: ({ latencyMs, jitterMs }, random) => Math.max(0, latencyMs + jitterMs * (2 * random.next() - 1)),
    delayMsMax: ({ latencyMs, jitterMs }) => latencyMs + jitterMs,
  },
  duplicate: { copies: 2 },
} as const satisfies { readonly [Of in Kind]?: Effect<Of> };

export const WIRE_IMPAIRMENTS = Object.keys(EFFECTS) as readonly (keyof typeof EFFECTS)[];

const BY_KIND: ReadonlyMap<string, Effect<Kind>> = new Map(
  // Each is only asked with an impairment of its own kind.
  Object.entries(EFFECTS).map(([kind, effect]) => [kind, effect as Effect<Kind>]),
);

/** Throws TypeError for an impairment that has no row. */
export function effectOf({ kind }: Impairment): Effect<Kind> {
  const effect = BY_KIND.get(kind);
  if (effect === undefined) throw new TypeError(`expected an impairment of ${WIRE_IMPAIRMENTS.join(', ')}, got ${kind}`);
  return effect;
}
