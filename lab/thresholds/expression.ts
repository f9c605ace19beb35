/**
 * What a threshold asks of a metric, in k6's grammar, word for word: `p(99)<210`, `rate > 0.9`, `count==0`.
 *
 *     assertion   -> aggregation spaces operator spaces number
 *     aggregation -> counter: count | rate (a second); rate: rate (the share); trend: avg | min | max | med | p(number)
 *     operator    -> < | <= | > | >= | == | === | !=
 */
import { didYouMean } from '../input/nearest.ts';
import { shown } from '../input/problems.ts';
import type { MetricType } from './metrics.ts';

export type Aggregation = 'count' | 'rate' | 'avg' | 'min' | 'max' | 'med' | { readonly percentile: number };

/** Longest first: `<` is also where `<=` begins. */
const OPERATORS = ['===', '==', '!=', '<=', '>=', '<', '>'] as const;
export type Operator = (typeof OPERATORS)[number];

const HOLDS: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '==': (value, limit) => value === limit,
  '===': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
};

export interface Expression {
  readonly aggregation: Aggregation;
  readonly operator: Operator;
  readonly limit: number;
}

/** What is wrong with a text, in words. */
export interface Refusal {
  readonly problem: string;
}

const LENGTH_MAX = 100;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const PERCENTILE = /^p\((.*)\)$/;
const PERCENT_MAX = 100;

const WORDS: Readonly<Record<MetricType, readonly Aggregation[]>> = {
  counter: ['count', 'rate'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med'],
};

/** The aggregations of a metric of this type, as a message names them. */
export function aggregationsOf(type: MetricType): readonly string[] {
  const words = WORDS[type].filter((word) => typeof word === 'string');
  return type === 'trend' ? [...words, 'p(N)'] : words;
}

/** For JSON Schema: what a threshold on a metric of this type may look like. */
export function patternOf(type: MetricType): string {
  const words = aggregationsOf(type).map((word) => (word === 'p(N)' ? 'p\\(\\d+(\\.\\d+)?\\)' : word));
  return `^ *(${words.join('|')}) *(${OPERATORS.join('|')}) *[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)? *$`;
}

export function parseExpression(text: string, type: MetricType): Expression | Refusal {
  const example = type === 'trend' ? 'p(99)<210' : 'rate>0.9';
  const at = text.search(/[<>=!]/);
  const operator = OPERATORS.find((known) => text.startsWith(known, at));
  if (at < 0 || operator === undefined || text.length > LENGTH_MAX)
    return { problem: `expected a threshold such as ${example}, with one of ${OPERATORS.join(' ')}, got ${shown(text)}` };
  const aggregation = parseAggregation(text.slice(0, at).trim(), type);
  if (typeof aggregation === 'object' && 'problem' in aggregation) return aggregation;
  const limit = parseNumber(text.slice(at + operator.length).trim());
  if (limit === undefined) return { problem: `expected a number after ${operator}, got ${shown(text.slice(at + operator.length).trim())}` };
  return { aggregation, operator, limit };
}

function parseAggregation(text: string, type: MetricType): Aggregation | Refusal {
  const word = WORDS[type].find((known) => known === text);
  if (word !== undefined) return word;
  const known = aggregationsOf(type);
  const inside = type === 'trend' ? PERCENTILE.exec(text)?.[1] : undefined;
  if (inside === undefined)
    return { problem: `expected one of ${known.join(', ')} of a ${type}, got ${shown(text)}${didYouMean(text, known)}` };
  const percentile = parseNumber(inside);
  if (percentile !== undefined && percentile >= 0 && percentile <= PERCENT_MAX) return { percentile };
  return { problem: `expected p(N) with N from 0 to ${PERCENT_MAX}, got ${shown(text)}` };
}

function parseNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

export function holds({ operator, limit }: Pick<Expression, 'operator' | 'limit'>, value: number): boolean {
  return HOLDS[operator](value, limit);
}

/** Whether it holds for some value between these. */
export function mayHold(expression: Pick<Expression, 'operator' | 'limit'>, values: readonly number[]): boolean {
  const { operator, limit } = expression;
  const isOneOf = operator === '==' || operator === '===';
  return values.some((value) => holds(expression, value)) || (isOneOf && Math.min(...values) <= limit && limit <= Math.max(...values));
}

/** A comparison alone, as a probe has it: `< 0.01`. */
export function parseComparison(text: string): Pick<Expression, 'operator' | 'limit'> | undefined {
  const match = /^\s*([<>])\s*(\S+)\s*$/.exec(text);
  const limit = parseNumber(match?.[2] ?? '');
  const operator = OPERATORS.find((known) => known === match?.[1]);
  return operator === undefined || limit === undefined ? undefined : { operator, limit };
}
