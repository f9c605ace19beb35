/** The tables of the services: their environment, their errors, their metrics. */
import { prometheusTexts, purgerText, SETTINGS } from '../../../lab/worlds/testing/service-tables.ts';
import { edgeMetrics } from '../../../services/protocol/edge-api.ts';
import { SERVICE_ERRORS } from '../../../services/protocol/errors.ts';
import { originMetrics } from '../../../services/protocol/origin-api.ts';
import type { SettingTable } from '../../../services/runtime/config.ts';
import { meantTable } from './event-tables.ts';
import { ERROR_MEANS } from './field-meanings.ts';
import { code, toTable } from './markdown.ts';
import { METRICS_MEAN } from './metric-meanings.ts';
import { fieldsOf } from './schema-fields.ts';

export function settingTable(service: keyof typeof SETTINGS): string {
  const rows = Object.entries(SETTINGS[service]).map(([key, setting]) => [code(key), fallbackOf(setting), setting.about]);
  return toTable([['variable', 'default', ''], ...rows]);
}

function fallbackOf(setting: SettingTable[string]): string {
  if (setting.fallback === undefined) return 'required';
  const text = setting.fallbackText ?? (Array.isArray(setting.fallback) ? setting.fallback.join(',') : String(setting.fallback));
  return text === '' ? '(empty)' : `${code(text)}${setting.unit === undefined ? '' : ` ${setting.unit}`}`;
}

export function errorTable(): string {
  const rows = Object.entries(SERVICE_ERRORS).map(([name, { status, definite }]) => [
    String(status),
    code(name),
    ERROR_MEANS[name] ?? '',
    definite ? 'no' : 'perhaps',
  ]);
  return toTable([['status', '`code`', 'when', 'had an effect'], ...rows]);
}

export async function prometheusTable(): Promise<string> {
  return sampleTable(await prometheusTexts());
}

export async function purgerPrometheusTable(): Promise<string> {
  return sampleTable([await purgerText()]);
}

function sampleTable(texts: readonly string[]): string {
  return toTable([['metric', 'type', 'labels', ''], ...texts.flatMap(samplesOf)]);
}

/** Of the text that a scrape answers: one row for each name. */
function samplesOf(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\w+)\n\1(?:\{([^}]*)\})?/gm)].map(
    ([, name = '', help = '', type = '', labels = '']) => [
      code(name),
      type,
      [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => code(label)).join(', '),
      help,
    ],
  );
}

export function edgeMetricsTable(): string {
  return meantTable(fieldsOf(edgeMetrics), METRICS_MEAN);
}

export function originMetricsTable(): string {
  return meantTable(fieldsOf(originMetrics), METRICS_MEAN);
}
