/**
 * The steady-state hypothesis of a scenario: what must hold before anything is broken, and again after the heal. Its
 * probes are judged over one read of every key in every region.
 */
import { z } from 'zod';
import { CALL_DEADLINE_MS } from '../system/transport.ts';
import { type Expression, parseComparison } from '../thresholds/expression.ts';

/** The check by whose name a run tells whether its hypothesis held. */
export const STEADY_STATE = 'steady-state';

export type Comparison = Pick<Expression, 'operator' | 'limit'>;

const EXPECTED = "expected a comparison such as '< 0.01' or '> 0.9'";
/** No answer takes longer: the lab waits no more. */
const P99_MS_MAX = CALL_DEADLINE_MS;
const COMPARISON = /^\s*[<>]\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;

/** Of a value from 0 to `most`. A probe that nothing can meet would keep every run from its faults. */
function comparison(most: number) {
  return z
    .string(EXPECTED)
    .meta({ pattern: COMPARISON.source })
    .transform((text, context): Comparison => {
      const parsed = parseComparison(text);
      const isMet = parsed !== undefined && (parsed.operator.startsWith('<') ? parsed.limit > 0 : parsed.limit < most);
      if (isMet) return parsed;
      const never = `expected a comparison that can hold, of a value from 0 to ${most}`;
      context.addIssue({ code: 'custom', message: parsed === undefined ? EXPECTED : never });
      return z.NEVER;
    });
}

const SHARE = comparison(1);
const PROBES = { converged: z.literal(true), 'error-ratio': SHARE, 'hit-ratio': SHARE, p99: comparison(P99_MS_MAX) } as const;

const probe = z
  .strictObject({
    converged: PROBES.converged.optional(),
    'error-ratio': PROBES['error-ratio'].optional(),
    'hit-ratio': PROBES['hit-ratio'].optional(),
    p99: PROBES.p99.optional(),
  })
  .refine((one) => Object.keys(one).length === 1, `expected one of ${Object.keys(PROBES).join(', ')}`)
  .meta({ minProperties: 1, maxProperties: 1 });

const PROBES_MAX = 20;

export const hypothesis = z.strictObject({
  title: z.string().min(1),
  probes: z.array(probe).min(1).max(PROBES_MAX),
});
export type Hypothesis = Readonly<z.infer<typeof hypothesis>>;
export type HypothesisProbe = Hypothesis['probes'][number];

/** Of a scenario that says none. */
export const CONVERGED: Hypothesis = { title: 'every region equals the origin', probes: [{ converged: true }] };

/** As a file says it. */
export function writtenHypothesis({ title, probes }: Hypothesis): { title: string; probes: Record<string, unknown>[] } {
  const written = (value: true | Comparison | undefined) => (typeof value === 'object' ? `${value.operator} ${value.limit}` : value);
  return {
    title,
    probes: probes.map((one) => Object.fromEntries(Object.entries(one).map(([name, value]) => [name, written(value)]))),
  };
}
