/**
 * Which samples a threshold is about, as its key says it: `staleness`, `edge_hit_ratio{region:us-east,phase:fault}`.
 */
import { didYouMean } from '../input/nearest.ts';
import { shown } from '../input/problems.ts';
import { phase } from '../report/events.ts';
import type { Refusal } from './expression.ts';
import { METRIC_NAMES, type Metric, metricNamed, type Tag } from './metrics.ts';

export interface Selector {
  readonly metric: Metric;
  /** Only samples with all of them. */
  readonly tags: Readonly<Partial<Record<Tag, string>>>;
}

const PHASES: readonly string[] = phase.options;
/** For JSON Schema: the part in braces. */
export const FILTER_PATTERN = '(\\{[^{}]*\\})?';

/** Whether a region is there shows when the world is known. */
export function parseSelector(text: string): Selector | Refusal {
  const at = text.indexOf('{');
  const name = (at < 0 ? text : text.slice(0, at)).trim();
  const metric = metricNamed(name);
  if (metric === undefined)
    return { problem: `expected a metric (${METRIC_NAMES.join(', ')}), got ${shown(name)}${didYouMean(name, METRIC_NAMES)}` };
  if (at < 0) return { metric, tags: {} };
  if (!text.trimEnd().endsWith('}')) return { problem: `expected tags such as {region:us-east,phase:fault}, got ${shown(text.slice(at))}` };
  const tags = parseTags(text.slice(at + 1, text.lastIndexOf('}')), metric);
  return 'problem' in tags ? { problem: String(tags['problem']) } : { metric, tags };
}

function parseTags(text: string, metric: Metric): Selector['tags'] | Refusal {
  const tags: Partial<Record<Tag, string>> = {};
  for (const part of text.split(',')) {
    const colon = part.indexOf(':');
    const name = part.slice(0, Math.max(0, colon)).trim();
    const value = unquoted(part.slice(colon + 1).trim());
    if (colon < 0 || value === '') return { problem: `expected a tag such as region:us-east, got ${shown(part.trim())}` };
    const tag = metric.tags.find((known) => known === name);
    if (tag === undefined)
      return {
        problem: `expected a tag of ${metric.metric} (${metric.tags.join(', ')}), got ${shown(name)}${didYouMean(name, metric.tags)}`,
      };
    if (tags[tag] !== undefined) return { problem: `expected each tag once, got ${tag} again` };
    if (tag === 'phase' && !PHASES.includes(value))
      return { problem: `expected a phase (${PHASES.join(', ')}), got ${shown(value)}${didYouMean(value, PHASES)}` };
    tags[tag] = value;
  }
  return tags;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}
