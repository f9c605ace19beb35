/** The fields of a zod schema, each with its path and its type in words, as a table of docs shows them. */
import { z } from 'zod';
import { phase } from '../../../lab/report/events.ts';

export interface Field {
  /** `checks[].verdict`; a question mark at the end of an optional one; `*` stands for every key of a map. */
  readonly path: string;
  readonly value: string;
}

/** What of JSON Schema the schemas of this program use. */
interface Node {
  readonly type?: string | readonly string[] | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Node | undefined;
  readonly anyOf?: readonly Node[] | undefined;
  readonly oneOf?: readonly Node[] | undefined;
  readonly additionalProperties?: Node | boolean | undefined;
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    const: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    properties: z.record(z.string(), node).optional(),
    required: z.array(z.string()).optional(),
    items: node.optional(),
    anyOf: z.array(node).optional(),
    oneOf: z.array(node).optional(),
    additionalProperties: z.union([z.boolean(), node]).optional(),
  }),
);

const QUANTILES = ['min', 'p50', 'p95', 'p99', 'max'];
/** Choices that stand in many places, by a name that the pages explain. */
const NAMED_CHOICES: Readonly<Record<string, string>> = { [phase.options.join()]: 'a phase' };
const WORDS: Readonly<Record<string, string>> = { integer: 'whole number', string: 'text', boolean: 'true or false', null: 'null' };

/** Of an object; of a choice of objects, one list for each. */
export function fieldsOf(schema: z.ZodType): readonly Field[] {
  return fieldsIn(node.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })), '');
}

/** The objects that a line may be, by the value of the field that tells them apart. */
export function variantsOf(schema: z.ZodType, by: string): ReadonlyMap<string, readonly Field[]> {
  const { oneOf = [] } = node.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return new Map(oneOf.map((one) => [namesOf(one.properties?.[by]), fieldsIn(one, '').filter(({ path }) => path !== by)]));
}

function namesOf({ const: fixed, enum: choices = [fixed] }: Node = {}): string {
  return choices.map(String).join(', ');
}

function fieldsIn({ properties = {}, required = [] }: Node, prefix: string): readonly Field[] {
  return Object.entries(properties).flatMap(([name, of]) => {
    const path = `${prefix}${name}${required.includes(name) ? '' : '?'}`;
    return expanded(path, of);
  });
}

/** Objects are told by their fields, lists and maps by what is in them. */
function expanded(path: string, of: Node): readonly Field[] {
  const { core, isNullable } = withoutNull(of);
  if (core.items?.properties !== undefined) return fieldsIn(core.items, `${path}[].`);
  if (core.properties !== undefined) {
    const orNull = isNullable ? ' or null' : '';
    if (Object.keys(core.properties).join() === QUANTILES.join()) return [{ path, value: `quantiles${orNull}` }];
    return [...(isNullable ? [{ path, value: 'object or null' }] : []), ...fieldsIn(core, `${path}.`)];
  }
  const inside = core.additionalProperties;
  if (typeof inside === 'object' && withoutNull(inside).core.properties !== undefined) return expanded(`${path}.*`, inside);
  return [{ path, value: typeInWords(of) }];
}

function withoutNull(of: Node): { readonly core: Node; readonly isNullable: boolean } {
  const others = (of.anyOf ?? []).filter(({ type }) => type !== 'null');
  const [only] = others;
  return only !== undefined && others.length === 1 ? { core: only, isNullable: true } : { core: of, isNullable: false };
}

function typeInWords({ type = '', const: fixed, enum: choices, items, anyOf, oneOf, additionalProperties }: Node): string {
  if (fixed !== undefined) return `\`${String(fixed)}\``;
  if (choices !== undefined) return NAMED_CHOICES[choices.join()] ?? choices.map((choice) => `\`${String(choice)}\``).join(', ');
  if (typeof type !== 'string') return type.map((one) => typeInWords({ type: one })).join(' or ');
  const alternatives = anyOf ?? oneOf;
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeInWords))].join(' or ');
  if (type === 'array') return `list of ${typeInWords(items ?? {})}`;
  if (type !== 'object') return WORDS[type] ?? (type === '' ? 'any value' : type);
  const isMap = typeof additionalProperties === 'object' && typeInWords(additionalProperties) !== 'any value';
  return isMap ? `map to ${typeInWords(additionalProperties)}` : 'object';
}
