/** The JSON Schema of scenario files: what editors complete and check by, with a shape of its own for every fault. */
import { z } from 'zod';
import type { Fault } from '../faults/fault.ts';
import { FAULTS } from '../faults/faults.ts';
import { NODE_KINDS, NODES, type NodeKind } from '../system/parts.ts';
import type { TargetKind } from '../system/target.ts';
import { patternOf } from '../thresholds/expression.ts';
import { METRICS, type Metric } from '../thresholds/metrics.ts';
import { FILTER_PATTERN } from '../thresholds/selector.ts';
import { thresholdObject, writtenThresholds } from '../thresholds/threshold.ts';
import { step } from './method.ts';
import { scenarioFile, writtenMethod } from './scenario.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The step as a file may write it, whatever its fault is: `at`, `fault`, `target`, `for`, each with its form. */
const { properties: words = {} } = z.toJSONSchema(step, { io: 'input' });

export function scenarioJsonSchema(): JsonSchema {
  return z.toJSONSchema(scenarioFile, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === writtenMethod) jsonSchema.items = { oneOf: [...FAULTS.values()].map(stepSchema) };
      if (zodSchema === writtenThresholds) describeThresholds(jsonSchema);
    },
  });
}

function stepSchema({ name, about, targets, parameters, lasts }: Fault): JsonSchema {
  const { properties, required = [] } = z.toJSONSchema(parameters, { io: 'input' });
  const { at, target, for: lasting } = words;
  return {
    title: name,
    description: about,
    type: 'object',
    properties: {
      at: { ...asObject(at) },
      fault: { type: 'string', const: name },
      target: { ...asObject(target), pattern: targetPattern(targets) },
      ...(lasts ? { for: { ...asObject(lasting) } } : {}),
      ...properties,
    },
    required: ['at', 'fault', 'target', ...required],
    additionalProperties: false,
  };
}

/** For each metric the thresholds its type allows. */
function describeThresholds(jsonSchema: JsonSchema): void {
  delete jsonSchema.propertyNames;
  jsonSchema.additionalProperties = false;
  jsonSchema.patternProperties = Object.fromEntries(
    METRICS.map((metric) => [`^ *${metric.metric} *${FILTER_PATTERN} *$`, { ...thresholdsSchema(metric) }]),
  );
}

function thresholdsSchema({ about, data: { type } }: Metric): JsonSchema {
  const text: JsonSchema = { type: 'string', pattern: patternOf(type) };
  const { properties, required = [] } = z.toJSONSchema(thresholdObject, { io: 'input' });
  const object: JsonSchema = { type: 'object', properties: { ...properties, threshold: text }, required, additionalProperties: false };
  return { description: about, type: 'array', minItems: 1, items: { anyOf: [text, object] } };
}

function asObject(schema: z.core.JSONSchema._JSONSchema | undefined): JsonSchema {
  return typeof schema === 'object' ? schema : {};
}

function targetPattern(targets: readonly TargetKind[]): string {
  const node = (kind: NodeKind) => (NODES[kind].isRegional ? `${kind}:[^:]+` : kind);
  const anyNode = `(${NODE_KINDS.map(node).join('|')})`;
  const forms = targets.map((kind) => (kind === 'link' ? `${anyNode} *(<->|->|<-) *${anyNode}` : node(kind)));
  return `^(${forms.join('|')})$`;
}
